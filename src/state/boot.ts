/**
 * The mark of this boot: states written under another one describe processes, mounts and namespaces that are gone. It is the
 * kernel's boot id and a random file in the tmp directory, because that directory may vanish without a boot (a container
 * around us that was made anew, a logout that emptied the user's runtime directory).
 */
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId, shortId } from "../base/ids.ts";
import { isErrno } from "../base/errors.ts";

/** @throws when the tmp directory cannot be written */
export function readBootMark(tmpDir: string): string {
  const kernel = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${kernel}/${readMark(join(tmpDir, "boot-mark")) ?? makeMark(tmpDir)}`;
}

function readMark(path: string): string | undefined {
  try { return readFileSync(path, "utf8"); } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Several processes may race: link(2) lets one win, whole. */
function makeMark(tmpDir: string): string {
  const mark = shortId(newId());
  const path = join(tmpDir, "boot-mark");
  const draft = `${path}.${mark}`;
  mkdirSync(tmpDir, { recursive: true, mode: 0o700 });
  writeFileSync(draft, mark, { mode: 0o600 });
  try { linkSync(draft, path); } catch (error) { if (!isErrno(error, "EEXIST")) throw error; } finally { unlinkSync(draft); }
  return readMark(path) ?? mark;
}
