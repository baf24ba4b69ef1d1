/** Content that some layer already has, found by digest: layers that came as zstd:chunked keep their table of contents beside them. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { maxTocBytes, parseToc } from "../../formats/chunked/toc.ts";
import { rawOf } from "../../formats/tar/fields.ts";
import { openFlags, openInRoot } from "../../sys/index.ts";
import { bytesOf, cleanPath, insideRoot } from "../archive/paths.ts";
import { bigDataFile } from "../image/big-data.ts";
import type { StoreParts } from "../parts.ts";
import type { StoredContent } from "../store.ts";
import { allLayers } from "./view.ts";


/** As in `transports/storage/chain.ts`: containers/storage's name for it. */
const tocKey = "zstd-chunked-manifest";
const chunkBytes = 1 << 20;

/** See `Store.contents`. */
export function findContents(parts: StoreParts, digests: ReadonlySet<string>): ReadonlyMap<string, StoredContent> {
  const found = new Map<string, StoredContent>();
  for (const { id } of digests.size === 0 ? [] : allLayers(parts)) {
    const toc = readToc(parts, id);
    if (toc === undefined) continue;
    for (const [name, file] of toc.files) {
      if (digests.has(file.digest) && !found.has(file.digest)) keep(file.digest, name, 0, file.size);
      for (const { digest, at, size } of file.chunks) if (digest !== undefined && digests.has(digest) && !found.has(digest)) keep(digest, name, at, size);
    }
    function keep(digest: string, name: string, at: number, size: number): void {
      const content = { sizeBytes: size, read: () => readContent(parts.driver.contentDirectory(id), name, at, size) };
      if (isIntact(content, digest)) found.set(digest, content);
    }
  }
  return found;
}

function readToc(parts: StoreParts, id: string): ReturnType<typeof parseToc> | undefined {
  for (const folder of [parts.paths.layers, ...parts.paths.additional.map(({ layers }) => layers)]) {
    const path = join(folder, id, bigDataFile(tocKey));
    try {
      if (statSync(path).size <= maxTocBytes) return parseToc(readFileSync(path));
    } catch { /* not there, or not what we can read: its files are not reused */ }
  }
  return undefined;
}

/** Files may have been changed since they were unpacked. */
function isIntact(content: StoredContent, digest: string): boolean {
  try {
    const hasher = new Bun.CryptoHasher("sha256");
    for (const bytes of content.read()) hasher.update(bytes);
    return `sha256:${hasher.digest("hex")}` === digest;
  } catch { return false; }
}

/** Opened inside the layer only, and never a device or fifo. @throws SysError; ends early when the file is shorter */
function* readContent(directory: string, name: string, at: number, size: number): Generator<Uint8Array> {
  const rootFd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  let fd = -1;
  try {
    fd = openInRoot(rootFd, bytesOf(insideRoot(cleanPath(rawOf(name)))), openFlags.rdonly | openFlags.nofollow | openFlags.nonblock);
    if (!fstatSync(fd).isFile()) return;
    for (let done = 0; done < size;) {
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size - done));
      const count = readSync(fd, buffer, 0, buffer.length, at + done);
      if (count === 0) return;
      done += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    if (fd >= 0) closeSync(fd);
    closeSync(rootFd);
  }
}
