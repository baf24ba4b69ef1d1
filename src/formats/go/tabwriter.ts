/** Go's text/tabwriter: elastic columns of tab-terminated cells, padded with spaces. Width is counted in characters. */
export interface TabOptions { readonly minWidth: number; readonly padding: number }
/** What Podman's lists use. */
export const podmanTabs: TabOptions = { minWidth: 12, padding: 2 };

/** Aligns `text`. A column is a run of lines that all have a tab-terminated cell there; the last cell of a line is never padded. */
export function alignTabs(text: string, options: TabOptions = podmanTabs): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths = lines.map((): number[] => []);
  measure(lines, widths, options, 0, lines.length, 0);
  return lines.map((cells, at) => cells.map((cell, column) => padTo(cell, widths[at]?.[column], column === cells.length - 1)).join("")).join("\n");
}

const padTo = (cell: string, width: number | undefined, last: boolean): string =>
  (last || width === undefined ? cell : cell + " ".repeat(Math.max(0, width - lengthOf(cell))));
const lengthOf = (cell: string): number => (/^[\x20-\x7e]*$/.test(cell) ? cell.length : Array.from(cell).length);

/** Sets the width of `column` for each run of lines in [from, to) that has it, then of the columns to its right within the run. */
function measure(lines: readonly (readonly string[])[], widths: readonly number[][], options: TabOptions, from: number, to: number, column: number): void {
  for (let start = from; start < to; start++) {
    if (column >= (lines[start]?.length ?? 0) - 1) continue;
    let end = start;
    let width = options.minWidth;
    for (; end < to && column < (lines[end]?.length ?? 0) - 1; end++) {
      width = Math.max(width, lengthOf(lines[end]?.[column] ?? "") + options.padding);
    }
    for (let line = start; line < end; line++) widths[line]?.push(width);
    measure(lines, widths, options, start, end, column + 1);
    start = end;
  }
}
