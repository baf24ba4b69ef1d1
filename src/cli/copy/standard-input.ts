/** `cp - CONTAINER:PATH`: the archive is kept in a file first, so that a bad one changes nothing. */
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { readTar } from "../../formats/tar/read.ts";
import { decompressAny } from "../../storage/archive/decompress.ts";

export interface SpooledArchive extends AsyncDisposable { readonly stream: () => ByteStream }

/** @throws invalid-argument for anything but a tar archive with something in it */
export async function spoolArchive(input: ByteStream): Promise<SpooledArchive> {
  const directory = await mkdtemp(join(tmpdir(), "podman-cp-"));
  const remove = async (): Promise<void> => rm(directory, { recursive: true, force: true });
  const path = join(directory, "archive");
  try {
    const file = await open(path, "wx", 0o600);
    try { for await (const chunk of input) await file.write(chunk); } finally { await file.close(); }
    if (!await isArchive(path)) throw new EngineError("invalid-argument", "source must be a (compressed) tar archive when copying from stdin");
  } catch (error) { await remove(); throw error; }
  return { stream: () => createReadStream(path), [Symbol.asyncDispose]: remove };
}

async function isArchive(path: string): Promise<boolean> {
  try {
    const { stream } = await decompressAny(createReadStream(path));
    for await (const _ of readTar(stream)) return true;
    return false;
  } catch (error) {
    if (isEngineError(error, "data-loss")) return false;
    throw error;
  }
}
