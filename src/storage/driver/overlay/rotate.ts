/** `diff1`, `diff2`, …: what a layer held before its owners were shifted. They lie below `diff` when it is mounted. */
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

export function rotatedContents(directory: string): readonly string[] {
  const found: string[] = [];
  for (let number = 1; existsSync(join(directory, `diff${number}`)); number++) found.push(join(directory, `diff${number}`));
  return found;
}

/** Moves `diff` to `diff1`, `diff1` to `diff2` and so on, and begins an empty `diff` that looks like the old one. */
export function rotateContent(directory: string): void {
  const contents = [join(directory, "diff"), ...rotatedContents(directory)];
  const { uid, gid, mode } = statSync(join(directory, "diff"));
  for (let number = contents.length; number > 0; number--) renameSync(contents[number - 1] ?? "", join(directory, `diff${number}`));
  // The kernel's work directory may refer to files of the old upper directory.
  rmSync(join(directory, "work"), { recursive: true, force: true });
  for (const [name, bits] of [["work", 0o700], ["diff", mode & 0o7777]] as const) {
    mkdirSync(join(directory, name), { mode: 0o700 });
    chownSync(join(directory, name), uid, gid);
    chmodSync(join(directory, name), bits);
  }
}
