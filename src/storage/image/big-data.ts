/** Files beside an image record: manifest, config, signatures. One file per name in `<driver>-images/<id>/`. */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno, within } from "../../base/errors.ts";
import type { StoreParts } from "../parts.ts";
import { replaceFile } from "../records/write-file.ts";
import type { ImageRecord } from "../records/types.ts";

/** Manifests are at most 4 MiB and configs 10; an attached item may be larger, but not without bound. */
const maxItemBytes = 256 * 1024 * 1024;

/** containers/storage's file name for a big-data name: as it is when it has only digits, small letters and dots, else `=` and base64. */
export function bigDataFile(name: string): string {
  return /^[.0-9a-z]+$/.test(name) ? name : `=${Buffer.from(name, "utf8").toString("base64")}`;
}

export const digestOf = (bytes: Uint8Array): string => `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;

/** Writes items into a directory that nobody uses yet. */
export function writeBigData(folder: string, items: Readonly<Record<string, Uint8Array>>): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, bytes] of Object.entries(items)) {
    if (name === "") throw new EngineError("invalid-argument", "image data needs a name");
    replaceFile(join(folder, bigDataFile(name)), bytes);
  }
}

/** The record with the items' names, sizes and digests. */
export function withBigData(record: ImageRecord, items: Readonly<Record<string, Uint8Array>>): ImageRecord {
  const entries = Object.entries(items);
  const names = [...new Set([...(record["big-data-names"] ?? []), ...Object.keys(items)])];
  return {
    ...record, "big-data-names": names,
    "big-data-sizes": { ...record["big-data-sizes"], ...Object.fromEntries(entries.map(([name, bytes]) => [name, bytes.length])) },
    "big-data-digests": { ...record["big-data-digests"], ...Object.fromEntries(entries.map(([name, bytes]) => [name, digestOf(bytes)])) },
  };
}

/** The directory that has the image's data, whichever store it is in. */
export function imageFolder(parts: StoreParts, id: string): string {
  const folders = parts.imageFolders.map((folder) => join(folder, id));
  if (folders.length === 1) return folders[0] ?? "";
  return folders.find((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory()) ?? join(parts.imageFolders[0] ?? parts.paths.images, id);
}

/** @throws not-found when the item is missing: the image is broken, the store is not */
export function readBigData(parts: StoreParts, id: string, name: string): Uint8Array {
  const path = join(imageFolder(parts, id), bigDataFile(name));
  try {
    if (statSync(path).size > maxItemBytes) throw new EngineError("data-loss", `image "${id}": "${name}" is larger than ${maxItemBytes} bytes`);
    return readFileSync(path);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) throw new EngineError("not-found", `locating item named ${JSON.stringify(name)} for image with ID "${id}" (consider removing the image to resolve the issue): file does not exist`, { cause: error });
    throw within(`read "${name}" of image "${id}"`, error);
  }
}
