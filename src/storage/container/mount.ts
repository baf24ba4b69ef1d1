/** A container's root file system. */
import { EngineError } from "../../base/errors.ts";
import type { MountLayer } from "../driver/types.ts";
import { mountCounted } from "../layer/mount.ts";
import { findLayer, type StoreParts } from "../parts.ts";
import { toIdMaps, type ContainerRecord } from "../records/types.ts";
import { containerRecord } from "./view.ts";

/** See `Store.mountContainer`. */
export async function mountContainer(parts: StoreParts, id: string, mountLabel: string | undefined): Promise<string> {
  const record = containerRecord(parts, id);
  const layer = findLayer(parts, record.layer)?.record;
  if (layer === undefined) throw new EngineError("data-loss", `mount container "${record.id}": its layer "${record.layer}" is missing`);
  const label = mountLabel ?? layer.mountlabel;
  const isShifted = layer.uidmap === undefined && layer.gidmap === undefined;
  const mappings = { uidMaps: toIdMaps(record.uidmap), gidMaps: toIdMaps(record.gidmap) };
  return mountCounted(parts, layer.id, {
    readOnly: false, volatile: record.flags?.["Volatile"] === true, options: mountOptions(record),
    ...(label === undefined || label === "" ? {} : { label }),
    ...(isShifted && mappings.uidMaps.length > 0 ? { mappings } : {}),
  } satisfies MountLayer);
}

function mountOptions(record: ContainerRecord): readonly string[] {
  const value = record.flags?.["MountOpts"];
  return Array.isArray(value) ? value.filter((word): word is string => typeof word === "string") : [];
}
