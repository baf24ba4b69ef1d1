/** Making one layer under the lock: listed as incomplete first, so that a crash at any step leaves something the next writer removes. */
import { existsSync } from "node:fs";
import type { LayerCreate } from "../driver/types.ts";
import type { StoreParts } from "../parts.ts";
import type { LayerRecord } from "../records/types.ts";
import type { LayerWrite } from "./write.ts";

export interface AddLayer extends Omit<LayerCreate, "id" | "parent" | "replaces"> {
  /** The layer whose content this one starts from, where that is not the parent. */
  readonly base?: string;
  /** Further files of the layer, written while it is still incomplete. */
  readonly finish?: () => void | Promise<void>;
}

/** `file`: index of the JSON file that lists it. After a failure the layer is gone again. */
export async function addLayer(parts: StoreParts, write: LayerWrite, record: LayerRecord, file: number, { finish, base = record.parent, ...request }: AddLayer): Promise<void> {
  const { draft } = write;
  // A listed layer without directory, or a directory nobody lists: both are what is left of a broken one.
  const replaces = draft.get(record.id) !== undefined;
  if (replaces) draft.remove(record.id);
  if (existsSync(parts.driver.contentDirectory(record.id))) await write.remove(record.id);
  draft.add({ ...record, flags: { ...record.flags, incomplete: true } }, file);
  draft.save();
  try {
    await parts.driver.create({ ...request, id: record.id, replaces, ...(base === undefined ? {} : { parent: base }) });
    await finish?.();
    draft.replace(record);
    draft.save();
  } catch (error) {
    try { await write.remove(record.id); } catch { /* the next writer removes the incomplete layer */ }
    throw error;
  }
}
