import type { IdMap } from "../contract/types/container-create.ts";

/** The host's number of an id inside; the same one without a user namespace, undefined when the namespace lacks it. */
export function hostId(maps: readonly IdMap[], id: number): number | undefined {
  if (maps.length === 0) return id;
  const range = maps.find(({ containerId, size }) => id >= containerId && id < containerId + size);
  return range === undefined ? undefined : range.hostId + id - range.containerId;
}
