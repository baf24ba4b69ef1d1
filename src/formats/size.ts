/**
 * Sizes as people write them. Two dialects, because Podman has two: `RAM` units are powers of 1024 (`--memory`, `--shm-size`),
 * `human` units are powers of 1000 (log sizes). Both take an optional `b`, `B`, `ib` or `iB` after the prefix.
 */
const pattern = /^(\d+(?:\.\d+)?) ?([kmgtp])?(?:i?b)?$/i;
const prefixes = "kmgtp";

/** `65536k` → 67108864. undefined when the text is not a size. */
export function parseRamSize(text: string): number | undefined { return parse(text, 1024); }

/** `10m` → 10000000. undefined when the text is not a size. */
export function parseHumanSize(text: string): number | undefined { return parse(text, 1000); }

function parse(text: string, base: number): number | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const power = match[2] === undefined ? 0 : prefixes.indexOf(match[2].toLowerCase()) + 1;
  const bytes = Math.trunc(Number(match[1]) * base ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
