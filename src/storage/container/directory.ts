import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../../base/errors.ts";

/** `<folder>/<id>/userdata`, made if missing. */
export function userDirectory(folder: string, id: string): string {
  const path = join(folder, id, "userdata");
  try { mkdirSync(path, { mode: 0o700 }); } catch (error) {
    if (isErrno(error, "EEXIST")) return path;
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  return path;
}
