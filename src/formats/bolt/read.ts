/**
 * bbolt database files (go.etcd.io/bbolt), read whole: small databases only, such as Podman's address book `ipam.db`. A file is
 * pages: two alternating meta pages, then B+tree pages; the meta page with the higher transaction number and a right checksum
 * rules, which is why a torn write never harms. Byte layout: bbolt's `internal/common/{page,meta,bucket}.go`. Pure.
 */
import { EngineError } from "../../base/errors.ts";

/** A bucket: byte keys to values or to buckets. Keys are latin-1 strings, one character per byte, so that maps can hold them. */
export interface Bucket { readonly values: Map<string, Uint8Array>; readonly buckets: Map<string, Bucket>; sequence: bigint }
export const newBucket = (): Bucket => ({ values: new Map(), buckets: new Map(), sequence: 0n });

export interface Database {
  readonly root: Bucket;
  readonly pageSize: number;
  readonly transaction: bigint;
  /** Page numbers that the present version occupies, meta pages excluded. */
  readonly used: ReadonlySet<number>;
  /** First page number beyond the database. */
  readonly highWater: number;
}

export const layout = { magic: 0xed0cdaed, version: 2, pageHeader: 16, metaSize: 64, leafElement: 16, branchElement: 16, bucketHeader: 16, branchPage: 1, leafPage: 2, metaPage: 4, freelistPage: 16, bucketLeaf: 1 } as const;
/** Far above any address book; keeps a hostile file from growing without bound in memory. */
const maxSizeBytes = 64 * 1024 * 1024;
/** Trees of this depth hold more than the size limit allows; deeper means a loop. */
const maxDepth = 16;
/** A database kept without a free list has all bits set there. */
const noFreelist = Number(0xffffffffffffffffn);

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
export const fromLatin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

/** @throws data-loss when no meta page is valid or a page lies outside the file */
export function readDatabase(file: Uint8Array): Database {
  if (file.length > maxSizeBytes) throw corrupt(`larger than ${maxSizeBytes} bytes`);
  const meta = newestMeta(file);
  if (meta === undefined) throw corrupt("no valid meta page");
  const reader = new PageReader(file, meta.pageSize);
  const root = reader.bucket(meta.root, 0n, 0);
  if (meta.freelist !== noFreelist) reader.markPage(meta.freelist);
  return { root, pageSize: meta.pageSize, transaction: meta.transaction, used: reader.used, highWater: meta.highWater };
}

interface Meta { readonly pageSize: number; readonly root: number; readonly freelist: number; readonly highWater: number; readonly transaction: bigint }

function newestMeta(file: Uint8Array): Meta | undefined {
  const first = readMeta(file, 0);
  // With a damaged first meta page the page size is unknown: try the usual ones.
  const sizes = first === undefined ? [4096, 16384, 65536] : [first.pageSize];
  const candidates = [first, ...sizes.map((size) => readMeta(file, size))].filter((meta) => meta !== undefined);
  return candidates.toSorted((a, b) => a.transaction < b.transaction ? 1 : -1)[0];
}

function readMeta(file: Uint8Array, offset: number): Meta | undefined {
  if (file.length < offset + layout.pageHeader + layout.metaSize) return undefined;
  const view = new DataView(file.buffer, file.byteOffset + offset + layout.pageHeader, layout.metaSize);
  if (view.getUint32(0, true) !== layout.magic || view.getUint32(4, true) !== layout.version) return undefined;
  if (view.getBigUint64(56, true) !== checksum(new Uint8Array(view.buffer, view.byteOffset, 56))) return undefined;
  const pageSize = view.getUint32(8, true);
  if (pageSize < 512 || pageSize > 65536) return undefined;
  return { pageSize, root: Number(view.getBigUint64(16, true)), freelist: Number(view.getBigUint64(32, true)), highWater: Number(view.getBigUint64(40, true)), transaction: view.getBigUint64(48, true) };
}

/** FNV-1a, 64 bits. */
export function checksum(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

class PageReader {
  readonly used = new Set<number>();
  readonly #file: Uint8Array;
  readonly #pageSize: number;

  constructor(file: Uint8Array, pageSize: number) {
    this.#file = file;
    this.#pageSize = pageSize;
  }

  bucket(rootPage: number, sequence: bigint, depth: number): Bucket {
    const bucket = { ...newBucket(), sequence };
    this.#fill(bucket, this.markPage(rootPage), depth);
    return bucket;
  }

  /** Bytes of a page with its overflow pages, remembered as used. */
  markPage(id: number): Uint8Array {
    const offset = id * this.#pageSize;
    if (id < 2 || offset + this.#pageSize > this.#file.length) throw corrupt(`page ${id} is outside the file`);
    if (this.used.has(id)) throw corrupt(`page ${id} is used twice`);
    const overflow = viewOf(this.#file.subarray(offset)).getUint32(12, true);
    const end = offset + (overflow + 1) * this.#pageSize;
    if (end > this.#file.length) throw corrupt(`page ${id} overflows the file`);
    for (let page = id; page <= id + overflow; page++) this.used.add(page);
    return this.#file.subarray(offset, end);
  }

  #fill(bucket: Bucket, page: Uint8Array, depth: number): void {
    if (depth > maxDepth) throw corrupt("nested too deeply");
    const view = viewOf(page);
    const flags = view.getUint16(8, true);
    const count = view.getUint16(10, true);
    for (let index = 0; index < count; index++) {
      const at = layout.pageHeader + index * layout.leafElement;
      if (at + layout.leafElement > page.length) throw corrupt("too many elements in a page");
      if (flags & layout.branchPage) this.#fill(bucket, this.markPage(Number(view.getBigUint64(at + 8, true))), depth + 1);
      else if (flags & layout.leafPage) this.#leaf(bucket, page, at, depth);
      else throw corrupt("unexpected page type");
    }
  }

  #leaf(bucket: Bucket, page: Uint8Array, at: number, depth: number): void {
    const view = viewOf(page);
    const start = at + view.getUint32(at + 4, true);
    const middle = start + view.getUint32(at + 8, true);
    const end = middle + view.getUint32(at + 12, true);
    if (end > page.length) throw corrupt("element outside its page");
    const key = latin1(page.subarray(start, middle));
    const value = page.subarray(middle, end);
    if ((view.getUint32(at, true) & layout.bucketLeaf) === 0) bucket.values.set(key, value.slice());
    else bucket.buckets.set(key, this.#child(value, depth));
  }

  #child(value: Uint8Array, depth: number): Bucket {
    if (value.length < layout.bucketHeader) throw corrupt("bucket header cut short");
    const view = viewOf(value);
    const [root, sequence] = [Number(view.getBigUint64(0, true)), view.getBigUint64(8, true)];
    if (root !== 0) return this.bucket(root, sequence, depth + 1);
    if (value.length < layout.bucketHeader + layout.pageHeader) throw corrupt("inline bucket cut short");
    const bucket = { ...newBucket(), sequence };
    this.#fill(bucket, value.subarray(layout.bucketHeader), depth + 1);
    return bucket;
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const corrupt = (why: string): EngineError => new EngineError("data-loss", `bolt database is damaged: ${why}`);
