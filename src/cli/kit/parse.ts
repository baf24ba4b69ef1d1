/**
 * pflag's parser: long and short flags, clusters (`-it`), attached values (`-p80:80`, `--name=x`), values of their own for
 * flags that may stand alone, `--`, and interspersed positionals or not. Error texts are pflag's.
 */
import { messageOf } from "../../base/errors.ts";
import { goQuote, goQuoteRune } from "../../formats/go/quote.ts";
import type { Flag, Flags } from "./types.ts";
import { usageError } from "./usage-error.ts";
import { parseBool, parseCsv, parseDuration, parseFloat64, parseInteger, parsePairs, parseUnsigned } from "./values.ts";

/** What the flags of one or more tables were set to. */
export interface ParsedFlags {
  /** By the property name in the flag table. */
  readonly values: Record<string, unknown>;
  /** Long names that were typed. */
  readonly changed: Set<string>;
  /** Warnings for a person: deprecated flags. */
  readonly notices: string[];
  help: boolean;
}
export interface ParsedArguments extends ParsedFlags { readonly args: readonly string[] }

interface Known { readonly key: string; readonly flag: Flag; readonly target: ParsedFlags }

/** Flags by name and letter. Tables given first win, as a command's own flags do over the root's. */
export class FlagSet {
  readonly #long = new Map<string, Known>();
  readonly #short = new Map<string, Known>();

  /** Adds a table whose values go to `target`; defaults are filled in. */
  add(flags: Flags, target: ParsedFlags): this {
    for (const [key, flag] of Object.entries(flags)) {
      const known = { key, flag, target };
      if (!(key in target.values)) target.values[key] = flag.default;
      for (const name of [flag.name, ...(flag.aliases ?? [])]) if (!this.#long.has(name)) this.#long.set(name, known);
      if (flag.short !== undefined && !this.#short.has(flag.short)) this.#short.set(flag.short, known);
    }
    return this;
  }
  long(name: string): Known | undefined { return this.#long.get(name); }
  short(letter: string): Known | undefined { return this.#short.get(letter); }
  /** Long names and letters, for completion. */
  all(): readonly Flag[] { return [...new Set([...this.#long.values()].map((known) => known.flag))]; }
}

export const emptyFlags = (): ParsedFlags => ({ values: {}, changed: new Set(), notices: [], help: false });

/** Value of a flag that stands without one; undefined when it needs one. */
export function bareValue(flag: Flag): string | undefined {
  return flag.bare ?? (flag.kind === "bool" ? "true" : undefined);
}

/**
 * Parses `args`; `help` is set on `own` when --help or -h appears and no flag of the tables takes those names (parsing stops
 * there, as pflag does). @throws invalid-argument/usage with pflag's sentence
 */
export function parseArguments(set: FlagSet, own: ParsedFlags, input: readonly string[], interspersed = true): readonly string[] {
  const args: string[] = [];
  const rest = [...input];
  for (let word = rest.shift(); word !== undefined && !own.help; word = rest.shift()) {
    if (word === "--") return [...args, ...rest];
    if (!word.startsWith("-") || word === "-") {
      if (!interspersed) return [...args, word, ...rest];
      args.push(word);
    } else if (word.startsWith("--")) parseLong(set, own, word, rest);
    else parseCluster(set, own, word, rest);
  }
  return args;
}

function parseLong(set: FlagSet, own: ParsedFlags, word: string, rest: string[]): void {
  const body = word.slice(2);
  if (body.startsWith("-") || body.startsWith("=")) throw usageError(`bad flag syntax: ${word}`);
  const equals = body.indexOf("=");
  const name = equals === -1 ? body : body.slice(0, equals);
  const known = set.long(name);
  if (known === undefined) {
    if (name !== "help") throw usageError(`unknown flag: --${name}`);
    own.help = equals === -1 || parseBool(body.slice(equals + 1));
    return;
  }
  const value = equals === -1 ? bareValue(known.flag) ?? rest.shift() : body.slice(equals + 1);
  if (value === undefined) throw usageError(`flag needs an argument: ${word}`);
  assign(known, value);
}

function parseCluster(set: FlagSet, own: ParsedFlags, word: string, rest: string[]): void {
  for (let letters = word.slice(1); letters !== "";) {
    const letter = String.fromCodePoint(letters.codePointAt(0) ?? 0);
    const known = set.short(letter);
    if (known === undefined) {
      if (letter === "h") { own.help = true; return; }
      throw usageError(`unknown shorthand flag: ${goQuoteRune(letter)} in -${letters}`);
    }
    const after = letters.slice(letter.length);
    const bare = bareValue(known.flag);
    if (after.length > 1 && after.startsWith("=")) { assign(known, after.slice(1)); return; }
    if (bare === undefined) {
      const value = after === "" ? rest.shift() : after;
      if (value === undefined) throw usageError(`flag needs an argument: ${goQuoteRune(letter)} in -${letters}`);
      assign(known, value);
      return;
    }
    assign(known, bare);
    letters = after;
  }
}

function assign(known: Known, text: string): void {
  const { flag, key, target } = known;
  const before = target.changed.has(flag.name) ? target.values[key] : undefined;
  try {
    target.values[key] = convert(flag, text, before);
  } catch (error) {
    const shown = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
    throw usageError(`invalid argument ${goQuote(text)} for ${goQuote(shown)} flag: ${messageOf(error)}`);
  }
  target.changed.add(flag.name);
  if (flag.deprecated !== undefined) target.notices.push(`Flag --${flag.name} has been deprecated, ${flag.deprecated}`);
}

function convert(flag: Flag, text: string, before: unknown): unknown {
  switch (flag.kind) {
    case "bool": return parseBool(text);
    case "int": return parseInteger(text);
    case "uint": return parseUnsigned(text);
    case "float": return parseFloat64(text);
    case "duration": parseDuration(text); return text;
    case "strings": return [...(Array.isArray(before) ? before : []), text];
    case "csv": return [...(Array.isArray(before) ? before : []), ...parseCsv(text)];
    case "map": return { ...(typeof before === "object" ? before : {}), ...parsePairs(text) };
    case "string": return checkChoice(flag, text);
  }
}

function checkChoice(flag: Flag, text: string): string {
  if (flag.choices === undefined || flag.choices.includes(text)) return text;
  throw usageError(`${goQuote(text)} is not a valid value.  Choose from: ${goQuote(flag.choices.join(", "))}`);
}
