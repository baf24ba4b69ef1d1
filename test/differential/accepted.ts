// @table
/** Differences that stay, and why. `case` and `part` are globs; slashes are ordinary characters. */
import type { Accepted } from "./types.ts";

export const accepted: readonly Accepted[] = [
];
