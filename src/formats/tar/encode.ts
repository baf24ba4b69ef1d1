/**
 * The tar writer, byte for byte what Go's archive/tar makes of the same entries, because layer digests depend on it: POSIX ustar
 * where it fits, a PAX header before it where it does not, GNU never. Numbers octal with NUL, keys of PAX records sorted.
 */
import { EngineError } from "../../base/errors.ts";
import { field, isAscii, rawOf, type FieldSpan } from "./fields.ts";
import { blockBytes, maxExtensionBytes } from "./limits.ts";
import { formatPaxRecord, formatPaxTime } from "./pax.ts";
import { paddingOf } from "./scan.ts";
import type { TarType } from "./types.ts";

export interface NewTarEntry {
  readonly type: TarType;
  /** Text; `rawName` (one character per byte) instead for names that may not be UTF-8. Directories end with a slash. */
  readonly name?: string;
  readonly rawName?: string;
  readonly linkName?: string;
  readonly rawLinkName?: string;
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly userName?: string;
  readonly groupName?: string;
  /** Only for files; the content that follows has exactly this many bytes. */
  readonly sizeBytes?: number;
  readonly mtimeNanos?: bigint;
  readonly atimeNanos?: bigint;
  readonly ctimeNanos?: bigint;
  readonly deviceMajor?: number;
  readonly deviceMinor?: number;
  /** Written as `SCHILY.xattr.<name>`; names are raw strings. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
  /** Further PAX records, raw strings. */
  readonly paxRecords?: ReadonlyMap<string, string>;
  /** Keeps fractions of seconds and access and change times, in PAX records. Otherwise times are rounded to seconds, as Go does. */
  readonly exactTimes?: boolean;
}

const typeFlags: Readonly<Record<TarType, string>> = { file: "0", link: "1", symlink: "2", char: "3", block: "4", directory: "5", fifo: "6" };
const second = 1_000_000_000n;

/** Everything as the header needs it: raw strings, numbers, the PAX records that would be needed. */
interface Prepared {
  readonly name: string;
  readonly linkName: string;
  readonly userName: string;
  readonly groupName: string;
  readonly mtimeSeconds: number;
  readonly records: Map<string, string>;
  needsPax: boolean;
}

/** Header blocks of an entry. Content of `sizeBytes`, then `tarPadding(sizeBytes)`, follows. @throws invalid-argument */
export function encodeTarHeader(entry: NewTarEntry): Uint8Array {
  const prepared = prepare(entry);
  if (!prepared.needsPax) return finishBlock(fillBlock(entry, prepared, splitName(prepared.name)));
  const extension = paxHeader(prepared);
  const main = finishBlock(fillBlock(entry, prepared, undefined));
  return Buffer.concat([extension, main]);
}

export function tarPadding(sizeBytes: number): Uint8Array { return new Uint8Array(paddingOf(sizeBytes)); }
/** Two zero blocks end an archive. */
export function tarTrailer(): Uint8Array { return new Uint8Array(2 * blockBytes); }

function prepare(entry: NewTarEntry): Prepared {
  const name = entry.rawName ?? rawOf(entry.name ?? "");
  if (name.endsWith("/") && entry.type !== "directory" && entry.type !== "symlink" && entry.type !== "link") throw invalid(name, "a file name may not end with a slash");
  const records = new Map<string, string>();
  const mtime = roundTime(entry.mtimeNanos ?? 0n, entry);
  const prepared: Prepared = {
    name, linkName: entry.rawLinkName ?? rawOf(entry.linkName ?? ""), userName: rawOf(entry.userName ?? ""), groupName: rawOf(entry.groupName ?? ""),
    mtimeSeconds: Number((mtime - ((mtime % second) + second) % second) / second), records, needsPax: false,
  };
  checkText(prepared, "path", name, field.name, splitName(name) !== undefined);
  checkText(prepared, "linkpath", prepared.linkName, field.linkName, false);
  checkText(prepared, "uname", prepared.userName, field.userName, false);
  checkText(prepared, "gname", prepared.groupName, field.groupName, false);
  checkNumber(prepared, "uid", entry.uid ?? 0, field.uid);
  checkNumber(prepared, "gid", entry.gid ?? 0, field.gid);
  checkNumber(prepared, "size", entry.sizeBytes ?? 0, field.size);
  addTimes(prepared, entry, mtime);
  addRecords(prepared, entry);
  return prepared;
}

/** Go rounds to the nearest second, halves up. */
function roundTime(nanos: bigint, entry: NewTarEntry): bigint {
  if (entry.exactTimes === true) return nanos;
  const shifted = nanos + second / 2n;
  return shifted - ((shifted % second) + second) % second;
}

function checkText(prepared: Prepared, key: string, value: string, [, width]: FieldSpan, canSplit: boolean): void {
  if (value.includes("\0")) throw invalid(prepared.name, `${key} has a NUL byte`);
  if (value.length <= width && isAscii(value)) return;
  if (!canSplit) prepared.needsPax = true;
  // Written in any case once there is a PAX header.
  prepared.records.set(key, value);
}

function checkNumber(prepared: Prepared, key: string, value: number, [, width]: FieldSpan): void {
  if (!Number.isSafeInteger(value)) throw invalid(prepared.name, `${key} is not an integer`);
  if (fitsOctal(value, width)) return;
  prepared.needsPax = true;
  prepared.records.set(key, String(value));
}
const fitsOctal = (value: number, width: number): boolean => value >= 0 && value < 8 ** (width - 1);

function addTimes(prepared: Prepared, entry: NewTarEntry, mtime: bigint): void {
  if (!fitsOctal(prepared.mtimeSeconds, field.mtime[1]) || mtime % second !== 0n) {
    prepared.needsPax = true;
    prepared.records.set("mtime", formatPaxTime(mtime));
  }
  if (entry.exactTimes !== true) return;
  for (const [key, nanos] of [["atime", entry.atimeNanos], ["ctime", entry.ctimeNanos]] as const) {
    if (nanos === undefined) continue;
    prepared.needsPax = true;
    prepared.records.set(key, formatPaxTime(nanos));
  }
}

const basicKeys = new Set(["path", "linkpath", "size", "uid", "gid", "uname", "gname", "mtime", "atime", "ctime"]);
function addRecords(prepared: Prepared, entry: NewTarEntry): void {
  for (const [name, value] of entry.xattrs ?? []) addRecord(prepared, `SCHILY.xattr.${name}`, Buffer.from(value.buffer, value.byteOffset, value.length).toString("latin1"));
  for (const [key, value] of entry.paxRecords ?? []) if (!basicKeys.has(key) && !key.startsWith("GNU.sparse.")) addRecord(prepared, key, value);
}
function addRecord(prepared: Prepared, key: string, value: string): void {
  if (key === "" || key.includes("=") || key.includes("\0")) throw invalid(prepared.name, "an attribute has an impossible name");
  prepared.needsPax = true;
  prepared.records.set(key, value);
}

/** A long name as prefix and rest, split at a slash; undefined when that is not possible or not needed. */
function splitName(name: string): readonly [prefix: string, rest: string] | undefined {
  if (name.length <= field.name[1] || !isAscii(name)) return undefined;
  const [, prefixWidth] = field.prefix;
  const limit = name.length > prefixWidth + 1 ? prefixWidth + 1 : name.endsWith("/") ? name.length - 1 : name.length;
  const slash = name.lastIndexOf("/", limit - 1);
  const restLength = name.length - slash - 1;
  if (slash <= 0 || slash > prefixWidth || restLength === 0 || restLength > field.name[1]) return undefined;
  return [name.slice(0, slash), name.slice(slash + 1)];
}

function fillBlock(entry: NewTarEntry, prepared: Prepared, split: readonly [string, string] | undefined): Buffer {
  const block = Buffer.alloc(blockBytes);
  putText(block, field.name, split?.[1] ?? prepared.name);
  putText(block, field.linkName, prepared.linkName);
  putOctal(block, field.mode, entry.mode);
  putOctal(block, field.uid, entry.uid ?? 0);
  putOctal(block, field.gid, entry.gid ?? 0);
  putOctal(block, field.size, entry.sizeBytes ?? 0);
  putOctal(block, field.mtime, prepared.mtimeSeconds);
  block.write(typeFlags[entry.type], 156, "latin1");
  putText(block, field.userName, prepared.userName);
  putText(block, field.groupName, prepared.groupName);
  putOctal(block, field.deviceMajor, entry.deviceMajor ?? 0);
  putOctal(block, field.deviceMinor, entry.deviceMinor ?? 0);
  if (split !== undefined) putText(block, field.prefix, split[0]);
  return block;
}

function paxHeader(prepared: Prepared): Uint8Array {
  const records = [...prepared.records].sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => formatPaxRecord(key, value)).join("");
  if (records.length > maxExtensionBytes) throw invalid(prepared.name, "its attributes are longer than 1 MiB");
  const block = Buffer.alloc(blockBytes);
  putText(block, field.name, paxName(prepared.name));
  for (const span of [field.mode, field.uid, field.gid, field.mtime]) putOctal(block, span, 0);
  putOctal(block, field.size, records.length);
  block.write("x", 156, "latin1");
  return Buffer.concat([finishBlock(block), Buffer.from(records, "latin1"), tarPadding(records.length)]);
}

/** `dir/PaxHeaders.0/base`, shortened: only old readers ever show it. */
function paxName(name: string): string {
  const slash = name.lastIndexOf("/");
  const steps: string[] = [];
  for (const step of [...name.slice(0, slash + 1).split("/"), "PaxHeaders.0", ...name.slice(slash + 1).split("/")]) {
    if (step === "..") { if (steps.length > 0 && steps.at(-1) !== "..") steps.pop(); else if (!name.startsWith("/")) steps.push(step); }
    else if (step !== "" && step !== ".") steps.push(step);
  }
  const joined = `${name.startsWith("/") ? "/" : ""}${steps.join("/")}`;
  return onlyAscii(joined).slice(0, field.name[1]).replace(/\/+$/, "");
}

const onlyAscii = (raw: string): string => isAscii(raw) ? raw : raw.replaceAll(/[^\x01-\x7f]/g, "");

/** Cut to the field's width. A cut name must not end with a slash, or old readers take the file for a directory. */
function putText(block: Buffer, [offset, width]: FieldSpan, raw: string): void {
  const text = onlyAscii(raw);
  block.write(text, offset, width, "latin1");
  if (text.length <= width || block[offset + width - 1] !== 0x2f) return;
  block[offset + text.slice(0, width - 1).replace(/\/+$/, "").length] = 0;
}

/** Zero when it does not fit: a PAX record says it then. */
function putOctal(block: Buffer, [offset, width]: FieldSpan, value: number): void {
  const digits = (fitsOctal(value, width) ? value : 0).toString(8).padStart(width - 1, "0");
  block.write(digits, offset, width - 1, "latin1");
}

function finishBlock(block: Buffer): Buffer {
  block.write("ustar\x0000", 257, "latin1");
  let sum = field.checksum[1] * 0x20;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, field.checksum[0], "latin1");
  return block;
}

function invalid(rawName: string, why: string): EngineError {
  return new EngineError("invalid-argument", `write tar entry "${Buffer.from(rawName, "latin1").toString("utf8")}": ${why}`);
}
