/** Text of a flag → value, with the errors of Go's strconv, time and encoding/csv that pflag shows. */
import { goQuote } from "../../formats/go/quote.ts";
import { EngineError } from "../../base/errors.ts";

const bad = (message: string): never => { throw new EngineError("invalid-argument", message); };

const booleans: Readonly<Record<string, boolean>> = {
  1: true, t: true, T: true, true: true, TRUE: true, True: true,
  0: false, f: false, F: false, false: false, FALSE: false, False: false,
};

/** Go's strconv.ParseBool. */
export function parseBool(text: string): boolean {
  return Object.hasOwn(booleans, text) ? booleans[text] === true : bad(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}

const digits = /^(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|[1-9](?:_?[0-9])*|0)$/;

/** Go's ParseInt(text, 0, 64): a base prefix is honoured. Values beyond 2^53 lose precision, as JSON's do. */
export function parseInteger(text: string): number {
  const sign = /^[+-]/.test(text) ? text[0] : "";
  const value = magnitude(text.slice(sign === "" ? 0 : 1));
  if (value === undefined) return bad(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`);
  const signed = sign === "-" ? -value : value;
  if (signed > 2n ** 63n - 1n || signed < -(2n ** 63n)) return bad(`strconv.ParseInt: parsing ${goQuote(text)}: value out of range`);
  return Number(signed);
}

/** Go's ParseUint(text, 0, 64). */
export function parseUnsigned(text: string): number {
  const value = magnitude(text);
  if (value === undefined) return bad(`strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`);
  if (value >= 2n ** 64n) return bad(`strconv.ParseUint: parsing ${goQuote(text)}: value out of range`);
  return Number(value);
}

function magnitude(text: string): bigint | undefined {
  if (text.length > 70 || !digits.test(text)) return undefined;
  const plain = text.replaceAll("_", "").toLowerCase();
  return BigInt(/^0[0-7]/.test(plain) ? `0o${plain}` : plain);
}

/** Go's ParseFloat for decimal numbers, Inf and NaN. */
export function parseFloat64(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^nan$/i.test(text) ? Number.NaN : bad(`strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax`);
}

const unitNanoseconds: Readonly<Record<string, number>> = { ns: 1, us: 1e3, "µs": 1e3, "μs": 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Go's time.ParseDuration, in nanoseconds (precision is a double's). @throws invalid-argument with Go's sentence */
export function parseDuration(text: string): number {
  const unsigned = text.replace(/^[+-]/, "");
  if (unsigned === "0") return 0;
  if (unsigned === "") return bad(`time: invalid duration ${goQuote(text)}`);
  let total = 0;
  let rest = unsigned;
  while (rest !== "") {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) return bad(`time: invalid duration ${goQuote(text)}`);
    rest = rest.slice(number.length);
    const unit = /^[^\d.]+/.exec(rest)?.[0];
    if (unit === undefined) return bad(`time: missing unit in duration ${goQuote(text)}`);
    const scale = unitNanoseconds[unit];
    if (scale === undefined) return bad(`time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`);
    total += Number(number) * scale;
    rest = rest.slice(unit.length);
  }
  return text.startsWith("-") ? -total : total;
}

/** One CSV record by Go's encoding/csv rules (RFC 4180, no lazy quotes); the empty text is no field. */
export function parseCsv(text: string): readonly string[] {
  if (text === "") return [];
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const [field, next] = text[at] === '"' ? quotedField(text, at) : bareField(text, at);
    fields.push(field);
    if (next >= text.length) return fields;
    at = next + 1;
  }
}

function bareField(text: string, start: number): readonly [string, number] {
  const comma = text.indexOf(",", start);
  const end = comma === -1 ? text.length : comma;
  const field = text.slice(start, end);
  const quote = field.indexOf('"');
  if (quote !== -1) return bad(`parse error on line 1, column ${start + quote + 1}: bare " in non-quoted-field`);
  return [field.replace(/\r?\n[^]*$/, ""), end];
}

function quotedField(text: string, start: number): readonly [string, number] {
  let field = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') { field += text[at]; continue; }
    if (text[at + 1] === '"') { field += '"'; at++; continue; }
    if (at + 1 >= text.length || text[at + 1] === ",") return [field, at + 1];
    return bad(`parse error on line 1, column ${at + 1}: extraneous or missing " in quoted-field`);
  }
  return bad(`parse error on line 1, column ${text.length + 1}: extraneous or missing " in quoted-field`);
}

/** pflag's stringToString: `a=1,b=2`, CSV when quoted. */
export function parsePairs(text: string): Readonly<Record<string, string>> {
  const pairs = text.split("=").length === 2 ? [text.replace(/^"(.*)"$/s, "$1")] : parseCsv(text);
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    return at === -1 ? bad(`${pair} must be formatted as key=value`) : [pair.slice(0, at), pair.slice(at + 1)];
  }));
}
