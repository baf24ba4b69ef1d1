/** From storage.conf's `mountopt` words to kernel flags and file system options. Pure. */
import { mountFlags } from "../../../sys/abi.ts";

const flagWords: Readonly<Record<string, number>> = {
  ro: mountFlags.readonly, nosuid: mountFlags.nosuid, nodev: mountFlags.nodev, noexec: mountFlags.noexec,
  noatime: mountFlags.noatime, relatime: mountFlags.relatime, strictatime: mountFlags.strictatime,
};
/** MOUNT_ATTR bits of fsmount(2). */
const attributeWords: Readonly<Record<string, number>> = { ro: 1, nosuid: 2, nodev: 4, noexec: 8, noatime: 0x10, relatime: 0, strictatime: 0x20 };
/** Said for clarity only, or clear what is never set. */
const ignoredWords: ReadonlySet<string> = new Set(["", "rw", "suid", "dev", "exec", "atime", "defaults", "async", "norelatime"]);

export interface SplitOptions { readonly flags: number; readonly attributes: number; readonly data: readonly string[] }

export function splitMountOptions(words: readonly string[]): SplitOptions {
  const sum = (table: Readonly<Record<string, number>>): number => words.reduce((bits, word) => bits | (table[word] ?? 0), 0);
  return { flags: sum(flagWords), attributes: sum(attributeWords), data: words.filter((word) => flagWords[word] === undefined && !ignoredWords.has(word)) };
}

/** `context="…"` as the last option, where there is a label. */
export function withLabel(options: readonly string[], label: string | undefined): readonly string[] {
  return label === undefined || label === "" ? options : [...options, `context="${label}"`];
}

/** Inside an option string: the kernel splits options at commas and lower directories at colons. */
export function escapePath(path: string): string {
  return path.replace(/[\\,:]/g, (character) => `\\${character}`);
}
