/** Names of images. A name belongs to one image: giving it takes it from another. */
import type { StoreParts } from "../parts.ts";
import type { Draft } from "../records/table.ts";
import { omitEmpty, type ImageRecord } from "../records/types.ts";
import { EngineError } from "../../base/errors.ts";

/** Sets the names of `record` in the draft, taking them from other images; each goes to the front of the history. Returns the new record. */
export function giveNames(draft: Draft<ImageRecord>, record: ImageRecord, names: readonly string[]): ImageRecord {
  const wanted = [...new Set(names)];
  for (const other of draft.all()) {
    if (other.id === record.id || !(other.names ?? []).some((name) => wanted.includes(name))) continue;
    draft.replace(omitEmpty({ ...other, names: (other.names ?? []).filter((name) => !wanted.includes(name)) }, "created"));
  }
  const history = [...new Set([...wanted.toReversed(), ...(record["names-history"] ?? [])])];
  const named = ordered({ ...record, names: wanted, "names-history": history });
  draft.replace(named);
  return named;
}

/** containers/storage's order of fields, for people who compare files. */
function ordered({ id, digest, names, "names-history": history, ...rest }: ImageRecord): ImageRecord {
  return omitEmpty({ id, ...(digest === undefined ? {} : { digest }), ...(names === undefined ? {} : { names }), ...(history === undefined ? {} : { "names-history": history }), ...rest }, "created");
}

/** See `Store.setImageNames`. @throws not-found/no-such-image */
export async function setImageNames(parts: StoreParts, id: string, names: readonly string[]): Promise<void> {
  await parts.images.write((draft) => {
    giveNames(draft, requireImage(draft, id), names);
    draft.save();
  });
}

export function requireImage(draft: Draft<ImageRecord>, id: string): ImageRecord {
  const record = draft.get(id);
  if (record === undefined) throw new EngineError("not-found", `${id}: image not known`, { reason: "no-such-image" });
  return record;
}
