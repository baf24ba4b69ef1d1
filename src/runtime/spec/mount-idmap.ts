/** `idmap` and `idmap=uids=0-1000-1;gids=@0-5-1#10-20-3` of a mount. */
import { EngineError } from "../../base/errors.ts";
import type { IdMap } from "../../contract/types/container-create.ts";
import type { SpecIdMap, SpecMount } from "./types.ts";

export interface MountMaps { readonly uidMaps: readonly IdMap[]; readonly gidMaps: readonly IdMap[] }

export const toSpecMaps = (maps: readonly IdMap[]): SpecIdMap[] => maps.map(({ containerId, hostId, size }) => ({ containerID: containerId, hostID: hostId, size }));

/** Without values the container's own maps. @throws EngineError invalid-argument */
export function idmapMappings(option: string, { uidMaps, gidMaps }: MountMaps): Pick<SpecMount, "uidMappings" | "gidMappings"> {
  let [uids, gids] = [uidMaps, gidMaps];
  for (const part of option.includes("=") ? option.slice(option.indexOf("=") + 1).split(";") : []) {
    if (part.startsWith("uids=")) uids = parseRanges(part.slice(5), uidMaps);
    else if (part.startsWith("gids=")) gids = parseRanges(part.slice(5), gidMaps);
    else throw new EngineError("invalid-argument", `unknown option "${part}"`);
  }
  return { uidMappings: toSpecMaps(uids), gidMappings: toSpecMaps(gids) };
}

/** `@` counts the middle number inside the container's user namespace. */
function parseRanges(text: string, own: readonly IdMap[]): IdMap[] {
  return text.split("#").map((range) => {
    const match = /^(@?)(\d+)-(\d+)-(\d+)$/.exec(range);
    if (match === null || match[4] === "0") throw new EngineError("invalid-argument", `invalid value for "${text}"`);
    const [, relative, containerId = 0, middle = 0, size = 0] = match;
    const id = Number(middle);
    if (relative !== "@") return { containerId: Number(containerId), hostId: id, size: Number(size) };
    const map = own.find((entry) => id >= entry.containerId && id < entry.containerId + entry.size);
    if (map === undefined) throw new EngineError("invalid-argument", `could not find a user namespace mapping for the relative mapping "${text}"`);
    return { containerId: Number(containerId), hostId: id + map.hostId - map.containerId, size: Number(size) };
  });
}

/** The host's id of a container's id; itself without maps; undefined when it is not mapped. */
export function toHostId(id: number, maps: readonly IdMap[]): number | undefined {
  if (maps.length === 0) return id;
  const map = maps.find((entry) => id >= entry.containerId && id < entry.containerId + entry.size);
  return map === undefined ? undefined : id - map.containerId + map.hostId;
}
