import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Bytes of the files below a directory; links are not followed, what vanishes meanwhile counts nothing. */
export function directorySize(directory: string): number {
  let total = 0;
  const pending = [directory];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of namesIn(next)) {
      const path = join(next, entry);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (stat.isDirectory()) pending.push(path); else total += stat.size;
    }
  }
  return total;
}

function namesIn(directory: string): readonly string[] {
  try { return readdirSync(directory); } catch { return []; }
}
