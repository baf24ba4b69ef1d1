/**
 * tar-split's records (the format of vbatts/tar-split, kept by containers/storage as `<layer>.tar-split.gz`): JSON lines, in
 * archive order. A segment holds bytes of the archive as they were; a file names what to read in their place.
 */
import { EngineError } from "../../base/errors.ts";
import { isAscii, latin1 } from "../tar/fields.ts";

export type TarSplitRecord =
  | { readonly kind: "segment"; readonly bytes: Uint8Array }
  /** `crc` is CRC-64/ISO of the content, absent for an empty one. `rawName`: one character per byte. */
  | { readonly kind: "file"; readonly rawName: string; readonly sizeBytes: number; readonly crc?: Uint8Array };

/** One line, as Go's encoder writes it (key order, escapes of `<`, `>`, `&`), so that our file equals containers/storage's. */
export function encodeTarSplit(record: TarSplitRecord, position: number): string {
  if (record.kind === "segment") return `{"type":2,"payload":"${base64(record.bytes)}","position":${position}}\n`;
  const size = record.sizeBytes === 0 ? "" : `,"size":${record.sizeBytes}`;
  const payload = record.crc === undefined ? "null" : `"${base64(record.crc)}"`;
  return `{"type":1${nameMember(record.rawName)}${size},"payload":${payload},"position":${position}}\n`;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");

function nameMember(rawName: string): string {
  if (rawName === "") return "";
  if (isAscii(rawName)) return `,"name":${goString(rawName)}`;
  const bytes = Buffer.from(rawName, "latin1");
  try {
    return `,"name":${goString(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes))}`;
  } catch {
    return `,"name_raw":"${bytes.toString("base64")}"`;
  }
}

function goString(text: string): string {
  return JSON.stringify(text).replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @throws data-loss/corrupt-archive */
export function decodeTarSplit(line: string): TarSplitRecord {
  const value = parse(line);
  const payload = typeof value["payload"] === "string" ? Buffer.from(value["payload"], "base64") : undefined;
  if (value["type"] === 2) return { kind: "segment", bytes: payload ?? new Uint8Array(0) };
  const size = value["size"] ?? 0;
  if (value["type"] !== 1 || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw corrupt("unknown record");
  return { kind: "file", rawName: nameOf(value), sizeBytes: size, ...(payload === undefined || payload.length === 0 ? {} : { crc: payload }) };
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw corrupt("not JSON", error);
  }
  throw corrupt("not an object");
}

function nameOf(value: Record<string, unknown>): string {
  if (typeof value["name_raw"] === "string" && value["name_raw"] !== "") return latin1(Buffer.from(value["name_raw"], "base64"));
  return typeof value["name"] === "string" ? Buffer.from(value["name"], "utf8").toString("latin1") : "";
}

export function corrupt(why: string, cause?: unknown): EngineError {
  return new EngineError("data-loss", `read tar-split data: ${why}`, { reason: "corrupt-archive", cause });
}
