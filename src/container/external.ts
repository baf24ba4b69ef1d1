/** Containers of others in the same store: Buildah's working containers, CRI-O's, Podman's own. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Filters } from "../contract/kit.ts";
import type { ListContainer } from "../contract/types/container-list.ts";
import type { EngineContext } from "../engine/context.ts";
import { parseTimestamp } from "../formats/list-filters.ts";

const never = -62135596800;

export async function externalContainers(context: EngineContext, filters: Filters): Promise<readonly ListContainer[]> {
  const store = await context.store();
  const own = new Set(context.containers().list().map(({ id }) => id));
  return store.containers().filter(({ id }) => !own.has(id)).map((container): ListContainer => ({
    AutoRemove: false, Command: [existsSync(join(store.containerDirectory(container.id), "buildah.json")) ? "buildah" : "storage"], Created: container.created, CreatedAt: "", CIDFile: "", Exited: false, ExitedAt: never, ExitCode: 0, ExposedPorts: null,
    Id: container.id, Image: container.imageId === undefined ? "" : store.findImage(container.imageId)?.names[0] ?? "", ImageID: container.imageId ?? "", IsInfra: false, Labels: null,
    Mounts: [], Names: [container.names[0] ?? "unknown"], Namespaces: {}, Networks: [], Pid: 0, Pod: "", PodName: "", Ports: null, Restarts: 0, Size: null,
    StartedAt: never, State: "storage", Status: "",
  })).filter((row) => Object.entries(filters).every(([name, values]) => matches(name, values, row)));
}

function matches(name: string, values: readonly string[], row: ListContainer): boolean {
  switch (name) {
    case "id": return values.some((value) => row.Id.startsWith(value));
    case "name": return values.some((value) => row.Names.some((one) => new RegExp(value).test(one)));
    case "ancestor": return values.some((value) => row.ImageID.includes(value) || row.Image.includes(value));
    case "command": return values.some((value) => new RegExp(value).test(row.Command?.[0] ?? ""));
    case "until": return values.some((value) => Date.parse(row.Created) < parseTimestamp(value));
    default: return false;
  }
}
