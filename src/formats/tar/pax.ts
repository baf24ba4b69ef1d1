/** PAX extended headers (POSIX.1-2001): records `<length> <key>=<value>\n`, values as raw strings. */
import { corruptArchive, latin1 } from "./fields.ts";
import { maxPaxRecords } from "./limits.ts";

const space = 0x20;
const newline = 0x0a;
const equals = 0x3d;

/** `attributes` are kept as bytes; the pseudo-record `GNU.sparse.map` collects the pairs of sparse format 0.0. */
export interface PaxRecords { readonly values: Map<string, string>; readonly xattrs: Map<string, Uint8Array> }

const schily = "SCHILY.xattr.";
const libarchive = "LIBARCHIVE.xattr.";

/** @throws data-loss/corrupt-archive */
export function parsePax(bytes: Uint8Array): PaxRecords {
  const values = new Map<string, string>();
  const xattrs = new Map<string, Uint8Array>();
  const libarchiveXattrs = new Map<string, Uint8Array>();
  const sparsePairs: string[] = [];
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    if (++count > maxPaxRecords) throw corruptArchive("an extended header has too many records");
    const { key, valueStart, end } = recordAt(bytes, at);
    at = end;
    if (key.startsWith(schily)) { xattrs.set(key.slice(schily.length), bytes.slice(valueStart, end - 1)); continue; }
    const value = latin1(bytes, valueStart, end - 1);
    if (key.startsWith(libarchive)) { addLibarchiveXattr(libarchiveXattrs, key.slice(libarchive.length), value); continue; }
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") { addSparsePart(sparsePairs, key, value); continue; }
    checkRecord(key, value);
    values.set(key, value);
  }
  if (sparsePairs.length > 0) values.set("GNU.sparse.map", sparsePairs.join(","));
  for (const [name, value] of libarchiveXattrs) if (!xattrs.has(name)) xattrs.set(name, value);
  return { values, xattrs };
}

function recordAt(bytes: Uint8Array, start: number): { key: string; valueStart: number; end: number } {
  let length = 0;
  let at = start;
  for (; at < bytes.length && bytes[at] !== space; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || at - start > 8) throw corruptArchive("an extended header record has no valid length");
    length = length * 10 + digit;
  }
  const end = start + length;
  const keyStart = at + 1;
  if (end > bytes.length || end <= keyStart || bytes[end - 1] !== newline) throw corruptArchive("an extended header record is cut off");
  const sign = bytes.indexOf(equals, keyStart);
  if (sign <= keyStart || sign >= end) throw corruptArchive("an extended header record has no key");
  return { key: latin1(bytes, keyStart, sign), valueStart: sign + 1, end };
}

function checkRecord(key: string, value: string): void {
  const mustBeText = key === "path" || key === "linkpath" || key === "uname" || key === "gname";
  if (mustBeText ? value.includes("\0") : key.includes("\0")) throw corruptArchive("an extended header record has a NUL byte");
}

/** Format 0.0 repeats the two keys in turn, so their order is the meaning. */
function addSparsePart(pairs: string[], key: string, value: string): void {
  const wanted = pairs.length % 2 === 0 ? "GNU.sparse.offset" : "GNU.sparse.numbytes";
  if (key !== wanted || value.includes(",")) throw corruptArchive("a sparse map is out of order");
  pairs.push(value);
}

/** libarchive writes the name URL-encoded and the value in base64. A record that is neither is passed over. */
function addLibarchiveXattr(into: Map<string, Uint8Array>, name: string, value: string): void {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return;
  const decoded = name.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  into.set(decoded, Buffer.from(value, "base64"));
}

/** `-1234.5678` → nanoseconds. Digits past nanoseconds are cut. @throws data-loss/corrupt-archive */
export function parsePaxTime(value: string): bigint {
  const match = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(value);
  if (match === null) throw corruptArchive("a time in an extended header is not a number");
  const nanos = BigInt(match[2] ?? "0") * 1_000_000_000n + BigInt((match[3] ?? "").slice(0, 9).padEnd(9, "0"));
  return match[1] === "-" ? -nanos : nanos;
}

/** The shortest exact form: `1234`, `1234.5`, `-0.25`. */
export function formatPaxTime(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return `${nanos < 0n ? "-" : ""}${size / 1_000_000_000n}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Decimal integer that fits a double exactly. @throws data-loss/corrupt-archive */
export function parsePaxNumber(value: string): number {
  const number = /^-?\d{1,19}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw corruptArchive("a number in an extended header is not valid");
  return number;
}

/** One record; the length counts itself. Raw strings. */
export function formatPaxRecord(key: string, value: string): string {
  const rest = key.length + value.length + 3;
  let size = rest + String(rest).length;
  // The length's own digits may push it over a power of ten.
  size = rest + String(size).length;
  return `${size} ${key}=${value}\n`;
}
