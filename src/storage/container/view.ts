import { EngineError } from "../../base/errors.ts";
import type { StoreParts } from "../parts.ts";
import { toIdMaps, zeroTime, type ContainerRecord } from "../records/types.ts";
import type { StoreContainer } from "../store.ts";

const views = new WeakMap<ContainerRecord, StoreContainer>();

export function containerView(record: ContainerRecord): StoreContainer {
  let view = views.get(record);
  if (view === undefined) views.set(record, view = makeView(record));
  return view;
}

function makeView(record: ContainerRecord): StoreContainer {
  return {
    id: record.id, names: record.names ?? [], layerId: record.layer, created: record.created ?? zeroTime, bigDataNames: record["big-data-names"] ?? [],
    uidMaps: toIdMaps(record.uidmap), gidMaps: toIdMaps(record.gidmap),
    ...(record.image === "" ? {} : { imageId: record.image }),
    ...(record.metadata === undefined ? {} : { metadata: record.metadata }),
  };
}

/** By id, name or unique id prefix. @throws not-found/no-such-container, failed-precondition/ambiguous-ref */
export function containerRecord(parts: StoreParts, idOrName: string): ContainerRecord {
  const snapshot = parts.containers.snapshot();
  const exact = snapshot.get(idOrName) ?? snapshot.named(idOrName);
  if (exact !== undefined) return exact;
  const matches = idOrName === "" ? [] : snapshot.records.filter(({ id }) => id.startsWith(idOrName));
  if (matches.length > 1) throw new EngineError("failed-precondition", `container "${idOrName}": more than one container matches`, { reason: "ambiguous-ref" });
  const [only] = matches;
  if (only === undefined) throw new EngineError("not-found", `container "${idOrName}": container not known`, { reason: "no-such-container" });
  return only;
}
