/** Temporary files for data that arrives before it can be used. They have no name, so a crash leaves nothing behind. */
import { unlinkSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "../base/ids.ts";
import type { ByteStream } from "../contract/kit.ts";
import { readRange, writeStream } from "./file.ts";

export interface Spooled extends AsyncDisposable {
  readonly size: number;
  readonly file: FileHandle;
  /** May be called several times. */
  stream(): ByteStream;
}

/** Reads `data` to its end into an unnamed file below `folder`. @throws whatever the stream throws; nothing stays */
export async function spool(data: ByteStream, folder: string): Promise<Spooled> {
  const path = join(folder, `container_images_spool${newId().slice(0, 16)}`);
  const file = await open(path, "wx+", 0o600);
  unlinkSync(path);
  try {
    const size = await writeStream(file, data);
    return { size, file, stream: () => readRange(file, 0, size), [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}
