const named: Readonly<Record<string, string>> = {
  "\u0007": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\",
};
const unprintable = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** Go's `%q` of a string (strconv.Quote): double quotes, Go's escapes, printable Unicode kept. */
export function goQuote(text: string): string {
  return `"${escapeWith(text, '"')}"`;
}

/** Go's `%q` of a rune: single quotes. */
export function goQuoteRune(rune: string): string {
  return `'${escapeWith(rune, "'")}'`;
}

function escapeWith(text: string, quote: string): string {
  let out = "";
  for (const character of text) {
    if (character === quote) out += `\\${quote}`;
    else out += named[character] ?? (unprintable.test(character) ? numeric(character) : character);
  }
  return out;
}

function numeric(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
