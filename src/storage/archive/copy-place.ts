/** Where the entries of a copied archive go. */
import { rawOf } from "../../formats/tar/fields.ts";
import { renameEntry } from "../../formats/tar/rename.ts";
import { cleanPath } from "./paths.ts";

/** Entries by their new names below `prefix`; `..` and leading slashes lead nowhere else. */
export function placeBelow(prefix: string, names: Readonly<Record<string, string>> = {}): (rawName: string) => string {
  const raw = Object.fromEntries(Object.entries(names).map(([from, to]) => [rawOf(from), rawOf(to)]));
  const start = prefix === "" || prefix === "." ? "" : `/${rawOf(prefix)}`;
  return (rawName) => {
    const inside = cleanPath(`/${renameEntry(raw, rawName)}`);
    const placed = `${start}${inside === "/" ? "" : inside}`.slice(1);
    return placed === "" ? "." : placed;
  };
}
