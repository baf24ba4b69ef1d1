/** Tar files of an archive, in and out. */
import { closeSync, constants, createReadStream, lstatSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import type { ByteStream } from "../../contract/kit.ts";
import { removeFile } from "../../runtime/prepare.ts";
import { extractLayer } from "../../storage/archive/extract.ts";
import { writeStream } from "../../transports/file.ts";

/** A new file, for its owner only. */
export async function writeTar(path: string, bytes: ByteStream): Promise<void> {
  removeFile(path);
  const file = await open(path, "wx", 0o600);
  try { await writeStream(file, bytes); } finally { await file.close(); }
}

/** Unpacks a tar into a directory, and never out of it; an absent one is empty. @throws data-loss/corrupt-archive */
export async function unpackTar(path: string, directory: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) await unpackStream(createReadStream(path), directory);
}

export async function unpackStream(bytes: ByteStream, directory: string): Promise<void> {
  const rootFd = openSync(directory, constants.O_DIRECTORY | constants.O_RDONLY);
  try { await extractLayer(rootFd, bytes, { whiteouts: "keep" }); } finally { closeSync(rootFd); }
}
