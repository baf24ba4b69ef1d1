/** Finds where the last lines of a log begin, reading backwards in blocks. */
import { readSync } from "node:fs";

const blockBytes = 64 * 1024;
const newline = 0x0a;
/** conmon cuts lines at 8 KiB; a longer one is no log line, and only its end is looked at. */
const maxLineBytes = 1024 * 1024;

/**
 * Offset of the `count`th last full line with the partial lines in front of it. A partial line at the very end counts as one.
 * 0 when there are fewer.
 */
export function tailOffset(fd: number, sizeBytes: number, count: number, isPartial: (line: Uint8Array) => boolean): number {
  let position = sizeBytes;
  let rest: Uint8Array = new Uint8Array();
  let full = 0;
  let isFirst = true;
  while (position > 0) {
    const start = Math.max(0, position - blockBytes);
    const block = Buffer.alloc(position - start);
    readSync(fd, block, 0, block.length, start);
    const data = Buffer.concat([block, rest]);
    let end = data.length;
    for (let at = data.lastIndexOf(newline, end - 1); at !== -1 && end > 0; at = at === 0 ? -1 : data.lastIndexOf(newline, at - 1)) {
      const line = data.subarray(at + 1, end);
      end = at;
      if (line.length === 0) continue;
      if (isFirst || !isPartial(line)) full++;
      isFirst = false;
      if (full > count) return start + at + 1 + line.length + 1;
    }
    rest = data.subarray(0, Math.min(end, maxLineBytes));
    position = start;
  }
  if (rest.length > 0 && (isFirst || !isPartial(rest))) full++;
  return full > count ? rest.length + 1 : 0;
}
