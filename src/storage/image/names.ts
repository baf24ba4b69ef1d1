/** Names of images. A name belongs to one image: giving it takes it from another. */
import type { StoreParts } from "../parts.ts";
import type { Draft } from "../records/table.ts";
import { omitEmpty, type ImageRecord } from "../records/types.ts";
import type { StoreImage } from "../store.ts";
import { EngineError } from "../../base/errors.ts";
import { readBigData } from "./big-data.ts";
import { findImage } from "./view.ts";

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

/** See `Store.changeImageNames`. @throws not-found/no-such-image, and what `change` throws */
export async function changeImageNames(parts: StoreParts, id: string, change: (names: readonly string[]) => readonly string[]): Promise<void> {
  const foreign = parts.images.snapshot().get(id) === undefined ? findImage(parts, id) : undefined;
  if (foreign?.readOnly === true) return adopt(parts, foreign, change(foreign.names));
  await parts.images.write((draft) => {
    const record = requireImage(draft, id);
    giveNames(draft, record, change(record.names ?? []));
    draft.save();
  });
}

/** A record of our own for an image of a read-only store; its layers stay where they are. */
async function adopt(parts: StoreParts, image: StoreImage, names: readonly string[]): Promise<void> {
  const { createImage } = await import("./create.ts");
  const { id, topLayer, created, digest, metadata } = image;
  await createImage(parts, {
    id, names, created, bigData: Object.fromEntries(image.bigDataNames.map((name) => [name, readBigData(parts, id, name)])),
    ...(topLayer === undefined ? {} : { topLayer }), ...(digest === undefined ? {} : { digest }), ...(metadata === undefined ? {} : { metadata }),
  });
}

export function requireImage(draft: Draft<ImageRecord>, id: string): ImageRecord {
  const record = draft.get(id);
  if (record === undefined) throw new EngineError("not-found", `${id}: image not known`, { reason: "no-such-image" });
  return record;
}
