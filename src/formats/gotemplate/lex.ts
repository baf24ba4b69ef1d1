/** Tokens of Go's text/template: text outside of `{{ }}`, and the words inside. */
import { EngineError } from "../../base/errors.ts";

export type TokenType =
  | "text" | "left" | "right" | "space" | "field" | "variable" | "identifier" | "keyword" | "dot" | "nil" | "bool" | "number"
  | "string" | "rawstring" | "char" | "pipe" | "open" | "close" | "assign" | "declare" | "comma" | "other" | "end";
export interface Token { readonly type: TokenType; readonly text: string; readonly at: number }

export const keywords = new Set(["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"]);

/** Templates are typed by people; a longer one is a mistake or an attack. */
const maxLength = 1024 * 1024;

/** An error of the template's text; `at` is an offset into it. */
export function templateError(name: string, source: string, at: number, message: string): EngineError {
  const line = source.slice(0, at).split("\n").length;
  return new EngineError("invalid-argument", `template: ${name}:${line}: ${message}`);
}

/** All tokens of `source`. @throws invalid-argument with text/template's sentence */
export function lex(name: string, source: string): readonly Token[] {
  if (source.length > maxLength) throw new EngineError("invalid-argument", `template: ${name}: longer than ${maxLength} characters`);
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  for (;;) {
    const open = source.indexOf("{{", at);
    const trimBefore = open !== -1 && /^- |^-[\t\r\n]/.test(source.slice(open + 2, open + 4));
    let text = source.slice(at, open === -1 ? source.length : open);
    if (trimNext) text = text.trimStart();
    if (trimBefore) text = text.replace(/[ \t\r\n]+$/, "");
    if (text !== "") tokens.push({ type: "text", text, at });
    if (open === -1) break;
    const inside = open + 2 + (trimBefore ? 2 : 0);
    [at, trimNext] = lexAction(name, source, inside, open, tokens);
  }
  tokens.push({ type: "end", text: "", at: source.length });
  return tokens;
}

/** Lexes one action; returns where the text goes on and whether its leading space is trimmed. */
function lexAction(name: string, source: string, start: number, open: number, tokens: Token[]): readonly [number, boolean] {
  if (source.startsWith("/*", start)) return skipComment(name, source, start);
  tokens.push({ type: "left", text: "{{", at: open });
  let depth = 0;
  for (let at = start; ;) {
    const closing = depth === 0 ? /^(?:[ \t\r\n]+-)?\}\}/.exec(source.slice(at, at + 64)) : null;
    if (closing !== null) {
      tokens.push({ type: "right", text: "}}", at });
      return [at + closing[0].length, closing[0].length > 2];
    }
    if (at >= source.length) throw templateError(name, source, open, depth === 0 ? "unclosed action" : "unclosed left paren");
    const token = nextToken(name, source, at, open);
    if (token.type === "open") depth++;
    if (token.type === "close" && --depth < 0) throw templateError(name, source, at, "unexpected right paren");
    tokens.push(token);
    at += token.text.length;
  }
}

function skipComment(name: string, source: string, start: number): readonly [number, boolean] {
  const end = source.indexOf("*/", start);
  if (end === -1) throw templateError(name, source, start, "unclosed comment");
  const closing = /^(?:[ \t\r\n]+-)?\}\}/.exec(source.slice(end + 2, end + 66));
  if (closing === null) throw templateError(name, source, end, "comment ends before closing delimiter");
  return [end + 2 + closing[0].length, closing[0].length > 2];
}

const patterns: readonly (readonly [TokenType, RegExp])[] = [
  ["space", /[ \t\r\n]+/y],
  ["declare", /:=/y], ["assign", /=/y], ["pipe", /\|/y], ["comma", /,/y], ["open", /\(/y], ["close", /\)/y],
  ["string", /"(?:\\.|[^"\\\n])*"/y], ["rawstring", /`[^`]*`/y], ["char", /'(?:\\.|[^'\\\n])+'/y],
  ["number", /[+-]?(?:0[xX][\da-fA-F_.]*(?:[pP][+-]?\d+)?|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)i?/y],
  ["field", /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["variable", /\$[\p{L}\p{Nd}_]*/uy],
  ["dot", /\./y],
  ["identifier", /[\p{L}_][\p{L}\p{Nd}_]*/uy],
];

function nextToken(name: string, source: string, at: number, open: number): Token {
  for (const [type, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) continue;
    if (type === "number") checkNumber(name, source, at, text);
    return { type: type === "identifier" ? wordType(text) : type, text, at };
  }
  // Other printable characters are the parser's to refuse: it knows what it was reading.
  const character = source[at] ?? "";
  if (/[!-~]/.test(character) && !/["'`\d+-]/.test(character)) return { type: "other", text: character, at };
  throw templateError(name, source, at, lexProblem(source, at, open));
}

/** A number must end there; a sign after it would make it complex, which nobody's report needs. */
function checkNumber(name: string, source: string, at: number, text: string): void {
  const rest = /^(?:[\p{L}\p{Nd}_]|[+-][\p{L}\p{Nd}_.]*)/u.exec(source.slice(at + text.length, at + text.length + 64))?.[0];
  if (rest !== undefined) throw templateError(name, source, at, `bad number syntax: ${JSON.stringify(text + rest)}`);
}

function lexProblem(source: string, at: number, open: number): string {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (character === '"') return "unterminated quoted string";
  if (character === "`") return "unterminated raw quoted string";
  if (character === "'") return "unterminated character constant";
  if (/[\d+-]/.test(character)) return `bad number syntax: ${JSON.stringify(/^[+-]?[\p{L}\p{Nd}_.]*/u.exec(source.slice(at, at + 64))?.[0] ?? "")}`;
  if (character === "\n" || open > at) return "unclosed action";
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `unrecognized character in action: U+${code} '${character}'`;
}

function wordType(text: string): TokenType {
  if (keywords.has(text)) return "keyword";
  if (text === "true" || text === "false") return "bool";
  return text === "nil" ? "nil" : "identifier";
}
