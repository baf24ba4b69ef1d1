/** Columns as Go's tabwriter aligns them with podman's settings: at least 12 wide, padded by 2, the last one free. */

/** One line per row. A single column is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 12, width(cell) + 2);
  return rows.map((row) => `${row.map((cell, index) => index === row.length - 1 ? cell : cell + " ".repeat((widths[index] ?? 0) - width(cell))).join("")}\n`).join("");
}

/** Code points, as Go counts them. */
function width(text: string): number {
  return Array.from(text).length;
}
