/** Replacing a small file so that readers see the old or the new content, never a part. */
import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isErrno } from "../../base/errors.ts";

/**
 * Writes beside `path` and renames into place, mode 0600. The caller holds the lock that protects `path`, so one fixed name
 * serves as the temporary file and a crash leaves at most one. `sync`: the data is on disk before the rename.
 */
export function replaceFile(path: string, data: string | Uint8Array, sync = false): void {
  const temporary = join(dirname(path), `.tmp-${basename(path)}`);
  const fd = openMakingParent(temporary);
  try {
    try {
      writeAll(fd, typeof data === "string" ? Buffer.from(data, "utf8") : data);
      if (sync) fdatasyncSync(fd);
    } finally { closeSync(fd); }
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += writeSync(fd, bytes, offset);
}

function openMakingParent(path: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, "w", 0o600);
  }
}

/** Makes the entries of a directory (renames, new files) durable. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try { fsyncSync(fd); } finally { closeSync(fd); }
}
