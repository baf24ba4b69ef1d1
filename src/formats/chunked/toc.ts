/**
 * The table of contents of a zstd:chunked layer (containers/storage's format): every entry of the archive with its metadata, and
 * where in the compressed blob its content lies, in chunks that can be fetched and checked one by one. A hostile one is refused:
 * everything is bounded, and nothing in it is believed about content that was not digested.
 */
import { EngineError } from "../../base/errors.ts";
import { isDigest } from "../digest.ts";

export const annotation = {
  tocChecksum: "io.github.containers.zstd-chunked.manifest-checksum",
  tocPosition: "io.github.containers.zstd-chunked.manifest-position",
  tarSplitPosition: "io.github.containers.zstd-chunked.tarsplit-position",
} as const;

/** The largest table that is read, packed and unpacked: as containers/storage. */
export const maxTocBytes = 150 << 20;
const maxEntries = 4_000_000;
const tocType = 1;

/** One entry as JSON, in the order of fields that containers/storage writes. Names of JSON fields are the format's. */
export interface TocEntry {
  type: "reg" | "hardlink" | "char" | "block" | "dir" | "fifo" | "symlink" | "chunk";
  name: string;
  linkName?: string;
  mode?: number;
  size?: number;
  uid?: number;
  gid?: number;
  modtime?: string;
  accesstime?: string;
  changetime?: string;
  devMajor?: number;
  devMinor?: number;
  xattrs?: Record<string, string>;
  digest?: string;
  offset?: number;
  endOffset?: number;
  chunkSize?: number;
  chunkOffset?: number;
  chunkDigest?: string;
  chunkType?: "zeros";
}
export interface Toc { readonly version: 1; readonly entries: readonly TocEntry[]; readonly tarSplitDigest?: string }

/** A part of the blob. */
export interface BlobPart { readonly offset: number; readonly length: number; readonly unpackedLength: number }
export interface ChunkedMarks { readonly tocDigest: string; readonly toc: BlobPart; readonly tarSplit: BlobPart }

/** Where the tables of a layer are, by its annotations; undefined for other layers, and for tables that cannot be verified or are too large. */
export function chunkedMarks(annotations: Readonly<Record<string, string>> | undefined, blobBytes: number): ChunkedMarks | undefined {
  const tocDigest = annotations?.[annotation.tocChecksum] ?? "";
  const toc = positions(annotations?.[annotation.tocPosition], 4);
  const tarSplit = positions(annotations?.[annotation.tarSplitPosition], 3);
  if (!isDigest(tocDigest) || toc === undefined || tarSplit === undefined || toc[3] !== tocType) return undefined;
  const marks = { tocDigest, toc: partOf(toc), tarSplit: partOf(tarSplit) };
  const fits = [marks.toc, marks.tarSplit].every(({ offset, length, unpackedLength }) => offset > 0 && length > 0 && offset + length <= blobBytes && length <= maxTocBytes && unpackedLength <= maxTocBytes);
  return fits ? marks : undefined;
}

function positions(text: string | undefined, count: number): readonly number[] | undefined {
  if (text === undefined || !/^\d{1,15}(?::\d{1,15})+$/.test(text)) return undefined;
  const numbers = text.split(":").map(Number);
  return numbers.length === count ? numbers : undefined;
}
function partOf([offset = 0, length = 0, unpackedLength = 0]: readonly number[]): BlobPart { return { offset, length, unpackedLength }; }

/** A piece of a file's content. `end` is where the compressed form ends in the blob. */
export interface TocChunk { readonly offset: number; readonly end: number; readonly at: number; readonly size: number; readonly digest: string | undefined; readonly isZeros: boolean }
export interface TocFile { readonly digest: string; readonly size: number; readonly chunks: readonly TocChunk[] }
export interface ParsedToc { readonly tarSplitDigest: string | undefined; readonly files: ReadonlyMap<string, TocFile> }

/** The files with content, by name. @throws data-loss/corrupt-archive */
export function parseToc(bytes: Uint8Array): ParsedToc {
  let document: unknown;
  try { document = JSON.parse(new TextDecoder().decode(bytes)); } catch (error) { throw damaged("not JSON", error); }
  const entries = property(document, "entries");
  if (property(document, "version") !== 1 || !Array.isArray(entries) || entries.length > maxEntries) throw damaged("unknown version or too many entries");
  const files = new Map<string, TocFile>();
  for (let at = 0; at < entries.length;) {
    const start = at++;
    while (at < entries.length && property(entries[at], "type") === "chunk") at++;
    readFile(entries.slice(start, at), files);
  }
  const tarSplitDigest = property(document, "tarSplitDigest");
  return { files, tarSplitDigest: typeof tarSplitDigest === "string" && isDigest(tarSplitDigest) ? tarSplitDigest : undefined };
}

function readFile([main, ...more]: readonly unknown[], files: Map<string, TocFile>): void {
  const size = numberOf(main, "size");
  if (property(main, "type") !== "reg" || size === 0) return;
  const name = property(main, "name");
  const digest = property(main, "digest");
  if (typeof name !== "string" || typeof digest !== "string" || !isDigest(digest)) throw damaged("a file without name or digest");
  if (files.has(name)) throw damaged(`${JSON.stringify(name)} is there twice`);
  const last = numberOf(main, "endOffset");
  const parts = [main, ...more];
  let at = 0;
  const chunks = parts.map((part, index): TocChunk => {
    const isOnly = parts.length === 1;
    const offset = numberOf(part, "offset");
    const end = index === parts.length - 1 ? last : numberOf(parts[index + 1], "offset");
    const length = isOnly ? size : numberOf(part, "chunkSize");
    const own = isOnly ? digest : property(part, "chunkDigest");
    if (offset <= 0 || end <= offset || length <= 0 || (index > 0 && (numberOf(part, "chunkOffset") !== at || property(part, "name") !== name))) throw damaged(`chunks of ${JSON.stringify(name)}`);
    const chunk = { offset, end, at, size: length, digest: typeof own === "string" && isDigest(own) ? own : undefined, isZeros: property(part, "chunkType") === "zeros" };
    at += length;
    return chunk;
  });
  if (at !== size) throw damaged(`chunks of ${JSON.stringify(name)} are ${at} of ${size} bytes`);
  files.set(name, { digest, size, chunks });
}

function property(value: unknown, name: string): unknown { return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined; }
function numberOf(value: unknown, name: string): number {
  const number = property(value, name) ?? 0;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0) throw damaged(`${name} is not a size`);
  return number;
}

export function damaged(why: string, cause?: unknown): EngineError {
  return new EngineError("data-loss", `zstd:chunked table of contents: ${why}`, { reason: "corrupt-archive", cause });
}
