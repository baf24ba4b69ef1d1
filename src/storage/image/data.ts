import type { StoreParts } from "../parts.ts";
import { imageFolder, withBigData, writeBigData } from "./big-data.ts";
import { requireImage } from "./names.ts";

/** See `Store.setImageData`. */
export async function setImageData(parts: StoreParts, id: string, name: string, value: Uint8Array): Promise<void> {
  await parts.images.write((draft) => {
    const record = requireImage(draft, id);
    writeBigData(imageFolder(parts, id), { [name]: value });
    draft.replace(withBigData(record, { [name]: value }));
    draft.save();
  });
}
