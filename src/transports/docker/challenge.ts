/** `WWW-Authenticate` headers (RFC 7235): which scheme a registry wants, with its parameters. */

export interface Challenge {
  /** Lower case: `basic`, `bearer`, … */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A header this long is an attack on our parser, not a challenge. */
const maxHeaderLength = 16 * 1024;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;

/** Every challenge of a header; several headers arrive joined by commas. Malformed rests are dropped. */
export function parseChallenges(header: string | null): readonly Challenge[] {
  const text = (header ?? "").slice(0, maxHeaderLength);
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  let position = 0;
  const skip = (pattern: RegExp): void => { pattern.lastIndex = position; if (pattern.test(text)) position = pattern.lastIndex; };
  const read = (): string | undefined => {
    token.lastIndex = position;
    const match = token.exec(text);
    if (match !== null) position = token.lastIndex;
    return match?.[0];
  };
  for (;;) {
    skip(/[\s,]*/y);
    const word = read();
    if (word === undefined) return found;
    skip(/[ \t]*/y);
    const current = found.at(-1);
    if (text[position] !== "=") { found.push({ scheme: word.toLowerCase(), parameters: {} }); continue; }
    position++;
    skip(/[ \t]*/y);
    const value = text[position] === '"' ? quoted() : read() ?? "";
    if (current !== undefined) current.parameters[word.toLowerCase()] = value;
  }

  function quoted(): string {
    let value = "";
    for (position++; position < text.length && text[position] !== '"'; position++) {
      if (text[position] === "\\") position++;
      value += text[position] ?? "";
    }
    position++;
    return value;
  }
}
