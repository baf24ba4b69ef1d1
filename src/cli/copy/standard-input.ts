/** `cp - CONTAINER:PATH`: the archive is kept in a file first, so that a bad one changes nothing. */
import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { readTar } from "../../formats/tar/read.ts";
import { decompressAny } from "../../storage/archive/decompress.ts";

export interface SpooledArchive extends AsyncDisposable { readonly stream: () => ByteStream }

/** The file has no name any more: whatever ends us, nothing stays behind. @throws invalid-argument for anything but a tar archive with something in it */
export async function spoolArchive(input: ByteStream): Promise<SpooledArchive> {
  const file = await unnamedFile();
  try {
    for await (const chunk of input) await file.write(chunk);
    if (!await isArchive(contentOf(file))) throw new EngineError("invalid-argument", "source must be a (compressed) tar archive when copying from stdin");
  } catch (error) { await file.close(); throw error; }
  return { stream: () => contentOf(file), [Symbol.asyncDispose]: async () => file.close() };
}

async function unnamedFile(): Promise<FileHandle> {
  const directory = await mkdtemp(join(tmpdir(), "podman-cp-"));
  try { return await open(join(directory, "archive"), "wx+", 0o600); } finally { await rm(directory, { recursive: true, force: true }); }
}

const chunkBytes = 1 << 20;
async function* contentOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function isArchive(content: ByteStream): Promise<boolean> {
  try {
    const { stream } = await decompressAny(content);
    for await (const _ of readTar(stream)) return true;
    return false;
  } catch (error) {
    if (isEngineError(error, "data-loss")) return false;
    throw error;
  }
}
