/** Command lines as labels and files hold them. Pure. */
import { EngineError } from "../../base/errors.ts";

/** Words as a shell splits them: quotes, backslashes, comments; nothing is expanded. @throws invalid-argument for an open quote */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (/\s/.test(char)) { if (word !== undefined) words.push(word); word = undefined; continue; }
    if (char === "#" && word === undefined) { at = endOf(text, "\n", at); continue; }
    if (char === "\\") { word = (word ?? "") + (text[++at] ?? ""); continue; }
    if (char !== "\"" && char !== "'") { word = (word ?? "") + char; continue; }
    const [inside, end] = quoted(text, at);
    word = (word ?? "") + inside;
    at = end;
  }
  return word === undefined ? words : [...words, word];
}

function endOf(text: string, char: string, from: number): number {
  const found = text.indexOf(char, from);
  return found === -1 ? text.length : found;
}

/** What is between quotes, and where the closing one is. Backslashes count between double ones. */
function quoted(text: string, start: number): readonly [inside: string, end: number] {
  const quote = text[start];
  let inside = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return [inside, at];
    if (quote === "\"" && text[at] === "\\") at++;
    inside += text[at] ?? "";
  }
  throw new EngineError("invalid-argument", "EOF found when expecting closing quote");
}

/** `$NAME` and `${NAME}` by `value`; unknown ones are empty, as in Go's os.Expand. */
export function expandVariables(text: string, value: (name: string) => string | undefined): string {
  return text.replaceAll(/\$(?:\{([^}]*)\}|([A-Za-z_]\w*|[*#$@!?\-0-9]))/g, (_, braced: string | undefined, plain: string | undefined) => value(braced ?? plain ?? "") ?? "");
}
