/** Go's quoted literals. */
const simple: Readonly<Record<string, string>> = { a: "\u0007", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\", "'": "'", '"': '"' };

/** The value of a "…", `…` or '…' literal; undefined when an escape is wrong. */
export function unquote(literal: string): string | undefined {
  const body = literal.slice(1, -1);
  if (literal.startsWith("`")) return body.replaceAll("\r", "");
  let bad = false;
  const bytes: Buffer[] = [];
  const pattern = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))|[^\\]+/gs;
  for (const [whole, hex, short, long, octal, letter] of body.matchAll(pattern)) {
    const byte = hex ?? octal;
    if (byte !== undefined) bytes.push(Buffer.from([Number.parseInt(byte, hex === undefined ? 8 : 16) & 0xff]));
    else if (short !== undefined || long !== undefined) bytes.push(Buffer.from(String.fromCodePoint(Math.min(Number.parseInt(short ?? long ?? "", 16), 0x10ffff))));
    else if (letter === undefined) bytes.push(Buffer.from(whole));
    else {
      const plain = simple[letter];
      bad ||= plain === undefined;
      bytes.push(Buffer.from(plain ?? ""));
    }
  }
  return bad ? undefined : Buffer.concat(bytes).toString();
}
