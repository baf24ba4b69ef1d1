import { existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { PruneReport } from "../contract/types/container-list.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Store, StoreContainer } from "../storage/store.ts";
import { directorySize } from "../volume/size.ts";

/** Removes the working containers of builds, running or not: Podman's `--build` warns of it. A failure is in its report. */
export async function pruneBuildContainers(context: EngineContext): Promise<readonly PruneReport[]> {
  const store = await context.store();
  const left = store.containers().filter(({ id }) => existsSync(join(store.containerDirectory(id), "buildah.json")));
  const reports: PruneReport[] = [];
  for (const container of left) reports.push(await removeOne(store, container));
  return reports;
}

async function removeOne(store: Store, { id, layerId }: StoreContainer): Promise<PruneReport> {
  try {
    const Size = await store.layerSize(layerId) + directorySize(store.containerDirectory(id));
    await store.removeContainer(id);
    return { Id: id, Err: null, Size };
  } catch (error) {
    return { Id: id, Err: messageOf(error), Size: 0 };
  }
}
