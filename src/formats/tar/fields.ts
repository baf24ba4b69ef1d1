/** Fields of a tar header block: fixed-width strings, octal and base-256 numbers, the checksum. */
import { EngineError } from "../../base/errors.ts";

/** The one error for archives that break the format. */
export function corruptArchive(why: string, cause?: unknown): EngineError {
  return new EngineError("data-loss", `read tar archive: ${why}`, { reason: "corrupt-archive", cause });
}

/** Offset and width of each field. `prefix` is POSIX; GNU headers have times there. */
export const field = {
  name: [0, 100], mode: [100, 8], uid: [108, 8], gid: [116, 8], size: [124, 12], mtime: [136, 12], checksum: [148, 8],
  linkName: [157, 100], userName: [265, 32], groupName: [297, 32], deviceMajor: [329, 8], deviceMinor: [337, 8],
  prefix: [345, 155], starPrefix: [345, 131], starAtime: [476, 12], starCtime: [488, 12],
  gnuAtime: [345, 12], gnuCtime: [357, 12],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;
export type FieldSpan = readonly [offset: number, width: number];

export const typeFlagOffset = 156;
export const magicOffset = 257;

/** Bytes up to a NUL or the field's end, one character per byte. */
export function readString(block: Uint8Array, [offset, width]: FieldSpan): string {
  let end = offset;
  const limit = offset + width;
  while (end < limit && block[end] !== 0) end++;
  return latin1(block, offset, end);
}

/** One character per byte. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  // The method takes any Uint8Array; making a Buffer first would double the time.
  return start === end ? "" : Buffer.prototype.toString.call(bytes, "latin1", start, end);
}

/** Text of a raw string: UTF-8 with U+FFFD for what is not. */
export function textOf(raw: string): string {
  return isAscii(raw) ? raw : Buffer.from(raw, "latin1").toString("utf8");
}
/** Raw string of text. */
export function rawOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}
// eslint-disable-next-line no-control-regex
const ascii = /^[\x00-\x7f]*$/;
export function isAscii(value: string): boolean { return ascii.test(value); }

/** Octal, or base-256 when the first bit is set. @throws data-loss/corrupt-archive */
export function readNumber(block: Uint8Array, span: FieldSpan): number {
  return ((block[span[0]] ?? 0) & 0x80) === 0 ? readOctal(block, span) : readBase256(block, span);
}

/** Spaces and NULs around the digits are fine; an empty field is 0. */
export function readOctal(block: Uint8Array, [offset, width]: FieldSpan): number {
  let start = offset;
  let end = offset + width;
  while (start < end && isFiller(block[start])) start++;
  while (end > start && isFiller(block[end - 1])) end--;
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = block[at] ?? 0;
    if (byte === 0) break;
    if (byte < 0x30 || byte > 0x37) throw corruptArchive("a number in a header is not octal");
    value = value * 8 + byte - 0x30;
  }
  if (!Number.isSafeInteger(value)) throw corruptArchive("a number in a header is too large");
  return value;
}
const isFiller = (byte: number | undefined): boolean => byte === 0x20 || byte === 0;

function readBase256(block: Uint8Array, [offset, width]: FieldSpan): number {
  const first = block[offset] ?? 0;
  const negative = (first & 0x40) !== 0;
  // Two's complement: -1 - ~value keeps the arithmetic on positive numbers.
  let value = (negative ? ~first : first) & 0x3f;
  for (let at = offset + 1; at < offset + width; at++) {
    const byte = block[at] ?? 0;
    value = value * 256 + (negative ? 255 - byte : byte);
  }
  if (value > Number.MAX_SAFE_INTEGER) throw corruptArchive("a number in a header is too large");
  return negative ? -1 - value : value;
}

/** True for an all-zero block; looks at the whole block only when its start is zero. */
export function isZeroBlock(block: Uint8Array): boolean {
  if (block[0] !== 0) return false;
  for (let at = 1; at < 512; at++) if (block[at] !== 0) return false;
  return true;
}

/** True when the checksum holds. Some old tars summed signed bytes. */
export function hasValidChecksum(block: Uint8Array): boolean {
  const [start, width] = field.checksum;
  let sum = width * 0x20;
  let high = 0;
  for (let at = 0; at < 512; at++) {
    if (at === start) at += width;
    const byte = block[at] ?? 0;
    sum += byte;
    high += byte >> 7;
  }
  const wanted = readOctal(block, field.checksum);
  return wanted === sum || wanted === sum - high * 256;
}
