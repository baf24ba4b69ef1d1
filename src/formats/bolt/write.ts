/**
 * A new version of a small bbolt database: the whole tree goes to pages that the present version does not use, then the older
 * meta page is replaced. That is bbolt's own crash rule, so a reader or a crash at any point sees the old or the new version.
 * Every bucket becomes one leaf page (with overflow pages), which bbolt reads and splits again when it writes. Pure.
 */
import { EngineError } from "../../base/errors.ts";
import { checksum, fromLatin1, layout, type Bucket, type Database } from "./read.ts";

export interface PageWrite { readonly offset: number; readonly bytes: Uint8Array }

export const defaultPageSize = 4096;
/** An element count is 16 bits wide in a page header. */
const maxElements = 65535;

/** Writes in the order they must reach the file; the meta page is the last. `previous` is absent for an empty file. */
export function writeDatabase(root: Bucket, previous: Database | undefined): PageWrite[] {
  const pageSize = previous?.pageSize ?? defaultPageSize;
  // One extra page for the free list: its length is known only after placement; it grows into its own overflow below.
  const treePages = countPages(root, pageSize);
  const freelistPages = Math.ceil((layout.pageHeader + 8 * ((previous?.highWater ?? 4) + treePages + 16)) / pageSize);
  const total = treePages + freelistPages;
  const start = findGap(previous, total);
  const highWater = Math.max(previous?.highWater ?? 0, start + total);
  const bytes = new Uint8Array(total * pageSize);
  const placer = { pageSize, first: start, next: start, bytes };
  const rootPage = placeBucket(root, placer);
  const freelist = placer.next;
  writeFreelist(placer, freelistPages, freePages(start, total, highWater));
  const transaction = (previous?.transaction ?? 1n) + 1n;
  const meta = metaPage({ pageSize, root: rootPage, sequence: root.sequence, freelist, highWater, transaction });
  const body = [{ offset: start * pageSize, bytes }, { offset: Number(transaction % 2n) * pageSize, bytes: meta }];
  if (previous !== undefined) return body;
  // A new file: both meta pages must be valid, the other one may name the same tree.
  const older = metaPage({ pageSize, root: rootPage, sequence: root.sequence, freelist, highWater, transaction: transaction - 1n });
  return [...body.slice(0, 1), { offset: Number((transaction - 1n) % 2n) * pageSize, bytes: older }, ...body.slice(1)];
}

interface Placer { readonly pageSize: number; readonly first: number; next: number; readonly bytes: Uint8Array }

function leafSize(bucket: Bucket): number {
  let size = layout.pageHeader;
  for (const [key, value] of bucket.values) size += layout.leafElement + key.length + value.length;
  for (const key of bucket.buckets.keys()) size += layout.leafElement + key.length + layout.bucketHeader;
  return size;
}

function countPages(bucket: Bucket, pageSize: number): number {
  let pages = Math.ceil(leafSize(bucket) / pageSize);
  for (const child of bucket.buckets.values()) pages += countPages(child, pageSize);
  return pages;
}

/** First run of `count` pages that the present version leaves free, else the end of the database. */
function findGap(previous: Database | undefined, count: number): number {
  let start = 2;
  for (let page = 2; page < (previous?.highWater ?? 2); page++) {
    if (previous?.used.has(page) === true) start = page + 1;
    else if (page - start + 1 === count) return start;
  }
  return start;
}

function placeBucket(bucket: Bucket, placer: Placer): number {
  const id = placer.next;
  placer.next += Math.ceil(leafSize(bucket) / placer.pageSize);
  const elements = [
    ...[...bucket.values].map(([key, value]) => ({ key, flags: 0, value })),
    ...[...bucket.buckets].map(([key, child]) => ({ key, flags: layout.bucketLeaf, value: bucketHeader(placeBucket(child, placer), child.sequence) })),
  ].toSorted((a, b) => a.key < b.key ? -1 : 1);
  if (elements.length > maxElements) throw new EngineError("resource-exhausted", `bolt bucket holds more than ${maxElements} entries`);
  const page = pageAt(placer, id);
  const view = writeHeader(page, id, layout.leafPage, elements.length, Math.ceil(leafSize(bucket) / placer.pageSize) - 1);
  let data = layout.pageHeader + elements.length * layout.leafElement;
  for (const [index, { key, flags, value }] of elements.entries()) {
    const at = layout.pageHeader + index * layout.leafElement;
    view.setUint32(at, flags, true);
    view.setUint32(at + 4, data - at, true);
    view.setUint32(at + 8, key.length, true);
    view.setUint32(at + 12, value.length, true);
    page.set(fromLatin1(key), data);
    page.set(value, data + key.length);
    data += key.length + value.length;
  }
  return id;
}

function bucketHeader(root: number, sequence: bigint): Uint8Array {
  const header = new DataView(new ArrayBuffer(layout.bucketHeader));
  header.setBigUint64(0, BigInt(root), true);
  header.setBigUint64(8, sequence, true);
  return new Uint8Array(header.buffer);
}

const pageAt = (placer: Placer, id: number): Uint8Array => placer.bytes.subarray((id - placer.first) * placer.pageSize);

function writeHeader(page: Uint8Array, id: number, flags: number, count: number, overflow: number): DataView {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  view.setBigUint64(0, BigInt(id), true);
  view.setUint16(8, flags, true);
  view.setUint16(10, count, true);
  view.setUint32(12, overflow, true);
  return view;
}

function* freePages(start: number, total: number, highWater: number): Generator<number> {
  for (let page = 2; page < highWater; page++) if (page < start || page >= start + total) yield page;
}

function writeFreelist(placer: Placer, pages: number, free: Iterable<number>): void {
  const ids = [...free];
  const wide = ids.length >= 0xffff;
  const view = writeHeader(pageAt(placer, placer.next), placer.next, layout.freelistPage, wide ? 0xffff : ids.length, pages - 1);
  if (wide) view.setBigUint64(layout.pageHeader, BigInt(ids.length), true);
  for (const [index, id] of ids.entries()) view.setBigUint64(layout.pageHeader + (index + (wide ? 1 : 0)) * 8, BigInt(id), true);
}

interface MetaFields { readonly pageSize: number; readonly root: number; readonly sequence: bigint; readonly freelist: number; readonly highWater: number; readonly transaction: bigint }
function metaPage(meta: MetaFields): Uint8Array {
  const page = new Uint8Array(meta.pageSize);
  writeHeader(page, Number(meta.transaction % 2n), layout.metaPage, 0, 0);
  const view = new DataView(page.buffer, layout.pageHeader, layout.metaSize);
  view.setUint32(0, layout.magic, true);
  view.setUint32(4, layout.version, true);
  view.setUint32(8, meta.pageSize, true);
  view.setBigUint64(16, BigInt(meta.root), true);
  view.setBigUint64(24, meta.sequence, true);
  view.setBigUint64(32, BigInt(meta.freelist), true);
  view.setBigUint64(40, BigInt(meta.highWater), true);
  view.setBigUint64(48, meta.transaction, true);
  view.setBigUint64(56, checksum(page.subarray(layout.pageHeader, layout.pageHeader + 56)), true);
  return page;
}
