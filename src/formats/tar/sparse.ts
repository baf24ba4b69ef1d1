/** Sparse files of GNU tar: old GNU headers and PAX formats 0.0, 0.1 and 1.0. */
import { corruptArchive, latin1, readNumber } from "./fields.ts";
import { blockBytes, maxExtensionBytes, maxSparseRuns } from "./limits.ts";
import { parsePaxNumber } from "./pax.ts";
import type { SparseRun } from "./types.ts";

const oldHeaderRuns = { offset: 386, count: 4, more: 482 };
const extensionRuns = { offset: 0, count: 21, more: 504 };
const realSizeSpan = [483, 12] as const;

/** Runs in an old GNU header (`first`) or an extension block after it; `more` when another extension block follows. */
export function readOldSparseRuns(block: Uint8Array, first: boolean): { readonly runs: SparseRun[]; readonly more: boolean } {
  const layout = first ? oldHeaderRuns : extensionRuns;
  const runs: SparseRun[] = [];
  for (let index = 0; index < layout.count; index++) {
    const at = layout.offset + index * 24;
    // An empty entry ends the list.
    if (block[at] === 0) break;
    runs.push({ offset: readNumber(block, [at, 12]), length: readNumber(block, [at + 12, 12]) });
  }
  return { runs, more: (block[layout.more] ?? 0) > 0 };
}
export const readOldRealSize = (block: Uint8Array): number => readNumber(block, realSizeSpan);

/** What the PAX records say about a sparse file; undefined for an ordinary one. */
export interface PaxSparse { readonly name?: string; readonly realSize?: number; readonly map?: readonly SparseRun[] }

/** `map` is absent for format 1.0, where it leads the content. Unknown versions are ordinary files, as in Go. */
export function readPaxSparse(records: ReadonlyMap<string, string>): PaxSparse | undefined {
  const major = records.get("GNU.sparse.major");
  const minor = records.get("GNU.sparse.minor");
  const map = records.get("GNU.sparse.map");
  const inContent = major === "1" && minor === "0";
  const inHeader = (major === "0" && (minor === "0" || minor === "1")) || (major === undefined && minor === undefined && map !== undefined);
  if (!inContent && !inHeader) return undefined;
  const name = records.get("GNU.sparse.name");
  const size = records.get("GNU.sparse.size") ?? records.get("GNU.sparse.realsize");
  return {
    ...(name === undefined ? {} : { name }),
    ...(size === undefined ? {} : { realSize: parsePaxNumber(size) }),
    ...(inContent ? {} : { map: pairs((map ?? "") === "" ? [] : (map ?? "").split(",")) }),
  };
}

function pairs(numbers: readonly string[]): SparseRun[] {
  if (numbers.length % 2 !== 0 || numbers.length / 2 > maxSparseRuns) throw corruptArchive("a sparse map has a wrong number of entries");
  const runs: SparseRun[] = [];
  for (let at = 0; at < numbers.length; at += 2) runs.push({ offset: parsePaxNumber(numbers[at] ?? ""), length: parsePaxNumber(numbers[at + 1] ?? "") });
  return runs;
}

/**
 * The map that leads the content in format 1.0: a count, then pairs, one decimal number a line, filled up to whole blocks.
 * Feed it block by block until it returns the runs.
 */
export class SparseMapReader {
  private text = "";
  private numbers: string[] = [];
  private wanted = 1;
  private bytes = 0;

  add(block: Uint8Array): readonly SparseRun[] | undefined {
    this.bytes += blockBytes;
    if (this.bytes > maxExtensionBytes) throw corruptArchive("a sparse map is too long");
    const lines = (this.text + latin1(block)).split("\n");
    this.text = lines.pop() ?? "";
    for (const line of lines) {
      if (this.numbers.length === this.wanted) break;
      this.numbers.push(line);
      if (this.numbers.length === 1) this.wanted = 1 + 2 * this.countOf(line);
    }
    return this.numbers.length === this.wanted ? pairs(this.numbers.slice(1)) : undefined;
  }

  private countOf(line: string): number {
    const count = parsePaxNumber(line);
    if (count < 0 || count > maxSparseRuns) throw corruptArchive("a sparse map has too many entries");
    return count;
  }
}

/** Ascending, inside the file, and as long together as what is stored. @throws data-loss/corrupt-archive */
export function checkSparseRuns(runs: readonly SparseRun[], sizeBytes: number, storedBytes: number): void {
  if (runs.length > maxSparseRuns) throw corruptArchive("a sparse map has too many entries");
  let end = 0;
  let total = 0;
  for (const { offset, length } of runs) {
    if (offset < end || length < 0 || !Number.isSafeInteger(offset + length)) throw corruptArchive("a sparse map is not in order");
    end = offset + length;
    total += length;
  }
  if (end > sizeBytes || total !== storedBytes) throw corruptArchive("a sparse map does not fit its file");
}
