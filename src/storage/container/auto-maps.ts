/** Ids for `--userns=auto`: the first that no other container of the store has. */
import { EngineError } from "../../base/errors.ts";
import { merge, subtract, zip, type Range } from "../../formats/create/id-maps.ts";
import type { IdMap } from "../../contract/types/container-create.ts";
import type { Mappings } from "../driver/types.ts";
import { findLayer, type StoreParts } from "../parts.ts";
import type { IdMapRecord } from "../records/types.ts";
import type { AutoMaps, StoreImage } from "../store.ts";

/** The caller holds the lock of the layers, which every maker of containers holds: nobody else can take the same ids. @throws failed-precondition */
export function autoMaps(parts: StoreParts, request: AutoMaps, image: StoreImage | undefined): Mappings {
  const size = request.size ?? sizeFor(parts, request, image);
  const records = parts.containers.snapshot().records;
  const taken = (maps: readonly (readonly IdMapRecord[] | undefined)[]): Range[] => maps.flatMap((list) => (list ?? []).map(({ host_id, size: count }) => ({ from: host_id, to: host_id + count })));
  return {
    uidMaps: assign(size, request.availableUids, taken(records.map(({ uidmap }) => uidmap)), request.uidMaps),
    gidMaps: assign(size, request.availableGids, taken(records.map(({ gidmap }) => gidmap)), request.gidMaps),
  };
}

function assign(size: number, available: readonly Range[], taken: readonly Range[], given: readonly IdMap[]): readonly IdMap[] {
  const wanted = subtract([{ from: 0, to: size }], given.map(({ containerId, size: count }) => ({ from: containerId, to: containerId + count })));
  const free = subtract(available, [...taken, ...given.map(({ hostId, size: count }) => ({ from: hostId, to: hostId + count }))]);
  const maps = zip(wanted, free);
  if (sum(maps) < wanted.reduce((total, { from, to }) => total + to - from, 0)) {
    throw new EngineError("failed-precondition", "could not find enough available IDs", { hint: "remove containers with --userns=auto, give them a smaller size, or add ranges to /etc/subuid and /etc/subgid" });
  }
  return merge([...maps, ...given]);
}
const sum = (maps: readonly IdMap[]): number => maps.reduce((total, { size }) => total + size, 0);

/** Enough for every owner in the image's layers. */
function sizeFor(parts: StoreParts, { minSize, maxSize }: AutoMaps, image: StoreImage | undefined): number {
  let size = minSize;
  for (let layer = layerOf(parts, image?.topLayer); layer !== undefined; layer = layerOf(parts, layer.parent)) {
    for (const id of [...layer.uidset ?? [], ...layer.gidset ?? []]) size = Math.max(size, id + 1);
  }
  if (size > maxSize) throw new EngineError("failed-precondition", `the container needs a user namespace with size ${size} that is bigger than the maximum value allowed with userns=auto ${maxSize}`);
  return size;
}
const layerOf = (parts: StoreParts, id: string | undefined): ReturnType<typeof record> => (id === undefined || id === "" ? undefined : record(parts, id));
const record = (parts: StoreParts, id: string): NonNullable<ReturnType<typeof findLayer>>["record"] | undefined => findLayer(parts, id)?.record;
