/** Go's path.Match: `*` and `?` stop at slashes, `[a-z]` and `[^a-z]` are sets, `\` quotes. Linear in the pattern for our names. */
export function matchPath(pattern: string, text: string): boolean {
  const regex = compiled(pattern);
  return regex !== undefined && regex.test(text);
}

const patterns = new Map<string, RegExp | undefined>();
/** Patterns come from flags: a few per process. */
function compiled(pattern: string): RegExp | undefined {
  if (!patterns.has(pattern)) patterns.set(pattern, toRegExp(pattern));
  return patterns.get(pattern);
}

function toRegExp(pattern: string): RegExp | undefined {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    if (character === "*") { if (!source.endsWith("[^/]*")) source += "[^/]*"; }
    else if (character === "?") source += "[^/]";
    else if (character === "[") {
      const end = pattern.indexOf("]", at + 2);
      if (end < 0) return undefined;
      source += `[${pattern.slice(at + 1, end).replaceAll("\\", "\\\\")}]`;
      at = end;
    } else {
      if (character === "\\") at++;
      source += escape(pattern[at] ?? "");
    }
  }
  try { return new RegExp(`^${source}$`); } catch { return undefined; }
}

function escape(character: string): string { return /[\w/-]/.test(character) ? character : `\\${character}`; }
