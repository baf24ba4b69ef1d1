/** One header block together with the extension records before it becomes a `TarEntry`. */
import { corruptArchive, field, isAscii, latin1, magicOffset, readNumber, readOctal, readString, textOf, typeFlagOffset } from "./fields.ts";
import { maxNameBytes } from "./limits.ts";
import { parsePaxNumber, parsePaxTime, type PaxRecords } from "./pax.ts";
import type { PaxSparse } from "./sparse.ts";
import type { TarEntry, TarType } from "./types.ts";

/** Extension records collected for the next entry. */
export interface Extensions { pax?: PaxRecords; longName?: string; longLink?: string }

type Format = "v7" | "ustar" | "star" | "gnu";

/** A mutable `TarEntry` while sparse maps may still change its sizes. */
export type EntryDraft = { -readonly [K in keyof TarEntry]: TarEntry[K] };

const second = 1_000_000_000n;

function formatOf(block: Uint8Array): Format {
  const magic = latin1(block, magicOffset, magicOffset + 8);
  if (magic === "ustar  \0") return "gnu";
  if (!magic.startsWith("ustar\0")) return "v7";
  return latin1(block, 508, 512) === "tar\0" ? "star" : "ustar";
}

/** Type flags with a meaning; the rest are refused when they reach a caller. */
function typeOf(flag: number, rawName: string): TarType | undefined {
  switch (String.fromCharCode(flag)) {
    // Very old archives mark a directory by a slash only.
    case "\0": return rawName.endsWith("/") ? "directory" : "file";
    // "7" is a contiguous file, "S" an old GNU sparse one.
    case "0": case "7": case "S": return "file";
    case "1": return "link";
    case "2": return "symlink";
    case "3": return "char";
    case "4": return "block";
    case "5": return "directory";
    case "6": return "fifo";
    default: return undefined;
  }
}

/** Bytes that follow this header, before the type is looked at: what extension records (x, g, L, K) need. */
export const sizeField = (block: Uint8Array): number => readNumber(block, field.size);

/**
 * Builds the entry, without its sparse map. Records of a global header are not applied, as in Go and so in Podman; an empty PAX
 * value leaves the header's own. @throws data-loss/corrupt-archive
 */
export function readEntry(block: Uint8Array, extensions: Extensions, sparse: PaxSparse | undefined): EntryDraft {
  const values = extensions.pax?.values;
  const override = (key: string): string | undefined => values?.get(key) || undefined;
  const format = formatOf(block);
  const times = headerTimes(block, format);
  const rawName = extensions.longName ?? sparse?.name ?? override("path") ?? fullName(block, format, times.buggyGnu);
  const flag = block[typeFlagOffset] ?? 0;
  const type = typeOf(flag, rawName);
  if (type === undefined) throw corruptArchive(`unhandled tar header type ${flag}`);
  const rawLinkName = type === "link" || type === "symlink" ? extensions.longLink ?? override("linkpath") ?? readString(block, field.linkName) : "";
  if (rawName.length > maxNameBytes || rawLinkName.length > maxNameBytes) throw corruptArchive("a name is longer than 4096 bytes");
  const storedBytes = type === "file" ? numberOr(override("size"), () => readNumber(block, field.size)) : 0;
  if (storedBytes < 0) throw corruptArchive("a file has a negative size");
  const isExtended = format !== "v7";
  const userName = override("uname") ?? (isExtended ? readString(block, field.userName) : "");
  const groupName = override("gname") ?? (isExtended ? readString(block, field.groupName) : "");
  return {
    type, rawName, rawLinkName, name: textOf(rawName), linkName: textOf(rawLinkName),
    mode: readNumber(block, field.mode) & 0o7777,
    uid: numberOr(override("uid"), () => readNumber(block, field.uid)),
    gid: numberOr(override("gid"), () => readNumber(block, field.gid)),
    userName: textOf(userName), groupName: textOf(groupName),
    storedBytes, sizeBytes: type === "file" ? sparse?.realSize ?? storedBytes : 0,
    mtimeNanos: timeOr(override("mtime")) ?? BigInt(readNumber(block, field.mtime)) * second,
    ...optionalTimes(timeOr(override("atime")) ?? times.atime, timeOr(override("ctime")) ?? times.ctime),
    deviceMajor: isExtended ? readNumber(block, field.deviceMajor) : 0,
    deviceMinor: isExtended ? readNumber(block, field.deviceMinor) : 0,
    ...attributes(extensions.pax),
  };
}

function optionalTimes(atimeNanos: bigint | undefined, ctimeNanos: bigint | undefined): { atimeNanos?: bigint; ctimeNanos?: bigint } {
  return { ...(atimeNanos === undefined ? {} : { atimeNanos }), ...(ctimeNanos === undefined ? {} : { ctimeNanos }) };
}

const basicKeys = new Set(["path", "linkpath", "size", "uid", "gid", "uname", "gname", "mtime", "atime", "ctime"]);

function attributes(pax: PaxRecords | undefined): { xattrs?: ReadonlyMap<string, Uint8Array>; paxRecords?: ReadonlyMap<string, string> } {
  if (pax === undefined) return {};
  const others = [...pax.values].filter(([key]) => !basicKeys.has(key));
  return { ...(pax.xattrs.size === 0 ? {} : { xattrs: pax.xattrs }), ...(others.length === 0 ? {} : { paxRecords: new Map(others) }) };
}

const numberOr = (value: string | undefined, otherwise: () => number): number => value === undefined ? otherwise() : parsePaxNumber(value);
const timeOr = (value: string | undefined): bigint | undefined => value === undefined ? undefined : parsePaxTime(value);

interface HeaderTimes { readonly atime?: bigint; readonly ctime?: bigint; readonly buggyGnu: boolean }

/**
 * GNU and star keep more times in the header. Go before 1.8 wrote a GNU magic over a POSIX prefix, and images made by it are
 * still about: times that are no numbers mean that the prefix is one after all.
 */
function headerTimes(block: Uint8Array, format: Format): HeaderTimes {
  if (format === "star") return { ...optionalNamed(readOctal(block, field.starAtime), readOctal(block, field.starCtime)), buggyGnu: false };
  if (format !== "gnu" || block[field.gnuAtime[0]] === 0) return { buggyGnu: false };
  try {
    return { ...optionalNamed(readNumber(block, field.gnuAtime), block[field.gnuCtime[0]] === 0 ? 0 : readNumber(block, field.gnuCtime)), buggyGnu: false };
  } catch {
    return { buggyGnu: true };
  }
}
function optionalNamed(atime: number, ctime: number): { atime?: bigint; ctime?: bigint } {
  return { ...(atime === 0 ? {} : { atime: BigInt(atime) * second }), ...(ctime === 0 ? {} : { ctime: BigInt(ctime) * second }) };
}

function fullName(block: Uint8Array, format: Format, buggyGnu: boolean): string {
  const name = readString(block, field.name);
  if (format === "v7" || (format === "gnu" && !buggyGnu)) return name;
  const prefix = readString(block, format === "star" ? field.starPrefix : field.prefix);
  return prefix === "" || (buggyGnu && !isAscii(prefix)) ? name : `${prefix}/${name}`;
}

