import { EngineError, isEngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { ContainerChange, diff as operation } from "../contract/container/diff.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Store } from "../storage/store.ts";
import { anyContainer } from "./mount.ts";

const kinds = { modified: 0, added: 1, deleted: 2 } as const;
/** What every start makes in a container, changed or not. */
const ownPaths: ReadonlySet<string> = new Set([
  "/dev", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/proc", "/run", "/run/notify", "/run/.containerenv", "/run/secrets", "/sys", "/etc/mtab",
]);

/** What the writable layer changes. @throws not-found/no-such-container, not-implemented for `parent` */
export async function diff(context: EngineContext, { ref, parent }: InputOf<typeof operation.input>): Promise<readonly ContainerChange[]> {
  if (parent !== undefined && parent !== "") throw new EngineError("not-implemented", "comparing with another container or image is not supported yet");
  const store = await context.store();
  const layerId = await layerOf(context, store, ref);
  const changes = await store.changes(layerId);
  return changes.filter(({ path }) => !ownPaths.has(path)).map(({ path, kind }) => ({ Path: path, Kind: kinds[kind] }));
}

async function layerOf(context: EngineContext, store: Store, ref: string): Promise<string> {
  try { return store.container(await anyContainer(context, ref)).layerId; } catch (error) {
    if (!isEngineError(error, "not-found")) throw error;
    throw new EngineError("not-found", `${ref} not found: layer not known`, { cause: error, reason: "no-such-container" });
  }
}
