/** Opens an archive file for random access; a compressed one is unpacked into an unnamed temporary file first. */
import { open } from "node:fs/promises";
import { EngineError, isErrno } from "../../base/errors.ts";
import { decompressAny } from "../../storage/archive/decompress.ts";
import { detectCompression, magicBytes } from "../../formats/compression/detect.ts";
import type { LayoutReader } from "../oci-layout.ts";
import { readFileStream } from "../file.ts";
import { spool } from "../spool.ts";
import { TarIndex } from "./tar-index.ts";

/** @throws not-found `opening file "…": open …: no such file or directory`, data-loss/corrupt-archive */
export async function openArchive(path: string, temporaryFolder: string): Promise<TarIndex> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) throw new EngineError("not-found", `opening file ${JSON.stringify(path)}: open ${path}: no such file or directory`, { cause: error });
    throw error;
  });
  const head = new Uint8Array(magicBytes);
  let compressed: boolean;
  try {
    await file.read(head, 0, head.length, 0);
    compressed = detectCompression(head) !== "none";
  } catch (error) { await file.close(); throw error; }
  if (!compressed) return TarIndex.of(file);
  await file.close();
  const { stream } = await decompressAny(readFileStream(path));
  return TarIndex.of((await spool(stream, temporaryFolder)).file);
}

/** An `oci-archive:` is a layout inside a tar. */
export function archiveReader(index: TarIndex): LayoutReader {
  return {
    read: (name, limit) => index.read(name, limit),
    stream: async (name, offset) => index.stream(name, offset),
  };
}

