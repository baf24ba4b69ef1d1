/**
 * Random access into an uncompressed tar file: a table of where each entry's content lies, made by jumping from header to
 * header. Names are looked up as written; links inside the archive are followed inside the archive only.
 */
import { open, type FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { hasValidChecksum, isZeroBlock, latin1 } from "../../formats/tar/fields.ts";
import { readEntry, sizeField, type Extensions } from "../../formats/tar/header.ts";
import { blockBytes, maxExtensionBytes } from "../../formats/tar/limits.ts";
import { parsePax } from "../../formats/tar/pax.ts";
import { paddingOf } from "../../formats/tar/scan.ts";
import { readRange } from "../file.ts";
import { readAll } from "../verify.ts";

/** An image archive has some entries per layer; this many are a bomb. */
const maxEntries = 100_000;
const maxLinkHops = 16;

interface Entry { readonly kind: "file" | "link"; readonly offset: number; readonly size: number; readonly target: string }

export class TarIndex implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #entries: ReadonlyMap<string, Entry>;
  private constructor(file: FileHandle, entries: ReadonlyMap<string, Entry>) { this.#file = file; this.#entries = entries; }

  /** Takes the file over and closes it with itself. @throws data-loss/corrupt-archive */
  static async of(file: FileHandle): Promise<TarIndex> {
    try { return new TarIndex(file, await scan(file)); } catch (error) { await file.close(); throw error; }
  }
  static async open(path: string): Promise<TarIndex> { return TarIndex.of(await open(path, "r")); }

  /** Names of all files, links not included. */
  names(): readonly string[] { return [...this.#entries].filter(([, entry]) => entry.kind === "file").map(([name]) => name); }
  has(name: string): boolean { return this.#find(name) !== undefined; }
  /** @throws not-found */
  size(name: string): number { return this.#entry(name).size; }
  /** @throws not-found */
  stream(name: string, offset = 0): ByteStream {
    const entry = this.#entry(name);
    return readRange(this.#file, entry.offset + offset, Math.max(0, entry.size - offset));
  }
  /** @throws not-found, resource-exhausted */
  read(name: string, limit: number): Promise<Uint8Array> {
    if (this.size(name) > limit) throw new EngineError("resource-exhausted", `${name} in the archive is larger than ${limit} bytes`);
    return readAll(this.stream(name), limit, name);
  }
  [Symbol.asyncDispose](): Promise<void> { return this.#file.close(); }

  #entry(name: string): Entry {
    const entry = this.#find(name);
    if (entry === undefined) throw new EngineError("not-found", `file ${name} not found in the archive`);
    return entry;
  }
  #find(name: string): Entry | undefined {
    let path = clean(name);
    for (let hops = 0; hops < maxLinkHops; hops++) {
      const entry = this.#entries.get(path);
      if (entry === undefined || entry.kind === "file") return entry;
      path = clean(posix.join(posix.dirname(path), entry.target));
    }
    return undefined;
  }
}

function clean(name: string): string { return posix.normalize(name).replace(/^(?:\.\/|\/)+/, ""); }

async function scan(file: FileHandle): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const { size: fileSize } = await file.stat();
  let extensions: Extensions = {};
  for (let offset = 0; offset + blockBytes <= fileSize;) {
    const block = await readBytes(file, offset, blockBytes);
    if (isZeroBlock(block)) break;
    if (!hasValidChecksum(block)) throw corrupt("invalid tar header");
    const flag = String.fromCharCode(block[156] ?? 0);
    const content = offset + blockBytes;
    if (flag === "x" || flag === "g" || flag === "L" || flag === "K") {
      const size = sizeField(block);
      if (size < 0 || size > maxExtensionBytes) throw corrupt("an extended header is too long");
      extensions = extended(extensions, flag, await readBytes(file, content, size));
      offset = content + size + paddingOf(size);
      continue;
    }
    const entry = readEntry(block, extensions, undefined);
    extensions = {};
    if (entry.storedBytes < 0 || content + entry.storedBytes > fileSize) throw corrupt("unexpected EOF");
    if (entries.size === maxEntries) throw corrupt(`more than ${maxEntries} entries`);
    if (entry.type === "file") entries.set(clean(entry.name), { kind: "file", offset: content, size: entry.storedBytes, target: "" });
    // A hard link names its target from the archive's root.
    if (entry.type === "symlink") entries.set(clean(entry.name), { kind: "link", offset: 0, size: 0, target: entry.linkName });
    if (entry.type === "link") entries.set(clean(entry.name), { kind: "link", offset: 0, size: 0, target: posix.relative(posix.dirname(clean(entry.name)), clean(entry.linkName)) });
    offset = content + entry.storedBytes + paddingOf(entry.storedBytes);
  }
  if (entries.size === 0) throw corrupt("no entries");
  return entries;
}

function extended(extensions: Extensions, flag: string, bytes: Uint8Array): Extensions {
  if (flag === "x") return { ...extensions, pax: parsePax(bytes) };
  if (flag === "g") return extensions;
  const nul = bytes.indexOf(0);
  const name = latin1(bytes, 0, nul === -1 ? bytes.length : nul);
  return flag === "L" ? { ...extensions, longName: name } : { ...extensions, longLink: name };
}

async function readBytes(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  const { bytesRead } = length === 0 ? { bytesRead: 0 } : await file.read(buffer, 0, length, offset);
  if (bytesRead !== length) throw corrupt("unexpected EOF");
  return buffer;
}

function corrupt(why: string): EngineError { return new EngineError("data-loss", `reading tar archive: ${why}`, { reason: "corrupt-archive" }); }
