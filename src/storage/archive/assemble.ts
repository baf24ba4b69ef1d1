/** Gives a layer's archive back byte for byte: tar-split's segments, and the files' content as it is on disk. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { EngineError, within } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { textOf } from "../../formats/tar/fields.ts";
import { Crc64 } from "../../formats/tarsplit/crc64.ts";
import type { TarSplitRecord } from "../../formats/tarsplit/entry.ts";
import { readTarSplit } from "../../formats/tarsplit/read.ts";
import { openFlags, openInRoot } from "../../sys/index.ts";
import { Joiner } from "./join.ts";
import { bytesOf, cleanPath, insideRoot } from "./paths.ts";
import type { AssembleDiffRequest } from "./types.ts";

const chunkBytes = 1 << 20;

/**
 * The layer's tar, verified against the recorded checksums as it goes. Files are opened inside the directory only, never
 * through a link that leads out, and never a device or fifo. Chunks belong to the receiver.
 * @throws data-loss/corrupt-archive when a file changed or is gone, or the tar-split data is damaged
 */
export async function* assembleDiff(request: AssembleDiffRequest): ByteStream & AsyncGenerator<Uint8Array> {
  const rootFd = openSync(request.directory, constants.O_RDONLY | constants.O_DIRECTORY);
  const joined = new Joiner();
  try {
    for await (const record of readTarSplit(request.tarSplitGz)) {
      for (const bytes of contentOf(rootFd, record)) yield* joined.add(bytes);
    }
    yield* joined.rest();
  } finally { closeSync(rootFd); }
}

function* contentOf(rootFd: number, record: TarSplitRecord): Generator<Uint8Array> {
  if (record.kind === "segment") { yield record.bytes; return; }
  if (record.sizeBytes === 0) return;
  const name = textOf(record.rawName);
  const fd = openFile(rootFd, record.rawName, name);
  try {
    const crc = new Crc64();
    let left = record.sizeBytes;
    while (left > 0) {
      const buffer = Buffer.allocUnsafe(Math.min(left, chunkBytes));
      const count = readSync(fd, buffer, 0, buffer.length, null);
      if (count === 0) throw changed(name);
      const bytes = buffer.subarray(0, count);
      crc.update(bytes);
      left -= count;
      // The last piece waits for the check.
      if (left === 0 && !Buffer.from(crc.digest()).equals(record.crc ?? new Uint8Array(0))) throw changed(name);
      yield bytes;
    }
  } finally { closeSync(fd); }
}

function openFile(rootFd: number, rawName: string, name: string): number {
  let fd: number;
  try {
    fd = openInRoot(rootFd, bytesOf(insideRoot(cleanPath(rawName))), openFlags.rdonly | openFlags.nofollow | openFlags.nonblock);
  } catch (error) {
    throw within(`read layer file "${name}"`, error, "data-loss");
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw changed(name);
}

function changed(name: string): EngineError {
  return new EngineError("data-loss", `file integrity checksum failed for "${name}"`, { reason: "corrupt-archive", hint: "the layer's files were changed on disk; pull the image again" });
}
