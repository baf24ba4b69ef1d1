/** Owner ids between container and host. */
import { EngineError } from "../../base/errors.ts";
import type { IdMap } from "../../contract/types/container-create.ts";

export type MapId = (id: number) => number;
const same: MapId = (id) => id;

/** Container → host. No maps: ids stay. @throws invalid-argument for an id that no map has, in containers/storage's words */
export function toHost(maps: readonly IdMap[] | undefined): MapId {
  return mapper(maps, (map) => [map.containerId, map.hostId], (id) => `container ID ${id} cannot be mapped to a host ID`);
}
/** Host → container. */
export function toContainer(maps: readonly IdMap[] | undefined): MapId {
  return mapper(maps, (map) => [map.hostId, map.containerId], (id) => `host ID ${id} cannot be mapped to a container ID`);
}

function mapper(maps: readonly IdMap[] | undefined, ends: (map: IdMap) => readonly [number, number], describe: (id: number) => string): MapId {
  if (maps === undefined || maps.length === 0) return same;
  const known = new Map<number, number>();
  return (id) => {
    const cached = known.get(id);
    if (cached !== undefined) return cached;
    for (const map of maps) {
      const [from, to] = ends(map);
      if (id < from || id >= from + map.size) continue;
      known.set(id, to + id - from);
      return to + id - from;
    }
    throw new EngineError("invalid-argument", describe(id), { hint: "the image uses more ids than the user namespace has; add ids to /etc/subuid and /etc/subgid" });
  };
}
