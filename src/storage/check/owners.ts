import type { IdMap } from "../../contract/types/container-create.ts";

export interface ContentMaps { readonly uidMaps: readonly IdMap[]; readonly gidMaps: readonly IdMap[] }

/** An owner on disk as the container sees it; as it is without maps, -1 when the maps do not have it. */
export function fromHost(maps: readonly IdMap[], id: number): number {
  if (maps.length === 0) return id;
  const map = maps.find(({ hostId, size }) => id >= hostId && id < hostId + size);
  return map === undefined ? -1 : id - map.hostId + map.containerId;
}
