/** Replacing a small file as a whole. */
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { randomHex } from "../base/random.ts";
import { basename, dirname, join } from "node:path";

/**
 * Readers see the old content or the new, never a part, also after power loss. A link is followed, so that a file that the user
 * keeps elsewhere stays there. @throws file system errors; then the old content is untouched
 */
export function writeFileAtomically(path: string, content: string, mode: number): void {
  const target = followLink(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomHex(6)}`);
  const fd = openSync(temporary, "wx", mode);
  try {
    try {
      writeAll(fd, Buffer.from(content));
      fsyncSync(fd);
    } finally { closeSync(fd); }
    renameSync(temporary, target);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

function followLink(path: string): string {
  try { return realpathSync(path); } catch { return path; }
}
