/** What a path in a container is, as the header `X-Docker-Container-Path-Stat` says it. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  /** Bits of Go's os.FileMode: `goMode` makes them. */
  readonly mode: number;
  /** RFC 3339. */
  readonly mtime: string;
  /** Of what a link points to. */
  readonly isDir: boolean;
  /** Absolute path in the container, the last link followed; a final `/` or `/.` of the request stays. */
  readonly linkTarget: string;
}

/** `broken`: the path is a link whose target (`stat.linkTarget`) does not exist. */
/** A name in a directory of a container or an image. */
export interface PathEntry { readonly name: string; readonly isDirectory: boolean }

export interface PathReport { readonly stat: PathStat; readonly broken?: boolean }

/** Header of the archive endpoints: base64url of the stat's JSON. */
export const pathStatHeader = "X-Docker-Container-Path-Stat";
export const encodePathStat = (stat: PathStat): string => Buffer.from(JSON.stringify(stat)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");

const typeBits: Readonly<Record<number, number>> = {
  0o040000: 2 ** 31, 0o120000: 2 ** 27, 0o060000: 2 ** 26, 0o010000: 2 ** 25, 0o140000: 2 ** 24, 0o020000: 2 ** 26 + 2 ** 21,
};
/** st_mode → os.FileMode. */
export function goMode(mode: number): number {
  const flag = (bit: number, value: number): number => ((mode & bit) === 0 ? 0 : value);
  return (mode & 0o777) + (typeBits[mode & 0o170000] ?? 0) + flag(0o4000, 2 ** 23) + flag(0o2000, 2 ** 22) + flag(0o1000, 2 ** 20);
}

/** path.Base of Go: ignores final slashes. */
export function baseOf(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? (path === "" ? "." : "/") : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** path.Dir of Go: what is before the last slash, so that a final one counts. */
export function dirOf(path: string): string {
  const before = path.slice(0, path.lastIndexOf("/") + 1).replace(/\/+$/, "");
  return before === "" ? (path.startsWith("/") ? "/" : ".") : before;
}

/** A cleaned path with the final `/`, `.` or `/.` that the user wrote: they tell a directory from what is in it. */
export function withEnding(original: string, clean: string): string {
  const dotted = baseOf(original) === "." && baseOf(clean) !== "." ? `${clean.endsWith("/") ? clean : `${clean}/`}.` : clean;
  return original.endsWith("/") && !dotted.endsWith("/") ? `${dotted}/` : dotted;
}
