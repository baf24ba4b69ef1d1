/** The functions of text/template and those that Podman adds. An error thrown here is shown as `error calling NAME: …`. */
import { EngineError } from "../../base/errors.ts";
import { sprintf } from "./printf.ts";
import { GoFloat, entriesOf, isObject, isTrue, printValue, typeName } from "./values.ts";

export type TemplateFunction = (...args: unknown[]) => unknown;
export type Functions = Readonly<Record<string, TemplateFunction>>;

const fail = (message: string): never => { throw new EngineError("invalid-argument", message); };
const text = (value: unknown): string => (typeof value === "string" ? value : fail(`wrong type for value; expected string; got ${typeName(value)}`));
const whole = (value: unknown): number => (typeof value === "number" && Number.isInteger(value) ? value : fail(`wrong type for value; expected int; got ${typeName(value)}`));
const rows = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === null || value === undefined ? [] : fail(`wrong type for value; expected []string; got ${typeName(value)}`));

/** `and` and `or` are evaluated by the interpreter, which skips what is not needed; these serve a call with values. */
const logic: Functions = {
  and: (...args) => args.find((value) => !isTrue(value)) ?? args.at(-1),
  or: (...args) => args.find((value) => isTrue(value)) ?? args.at(-1),
  not: (value) => !isTrue(value),
};

const number = (value: unknown): number | bigint | undefined => (value instanceof GoFloat ? value.value : typeof value === "number" || typeof value === "bigint" ? value : undefined);

type Basic = { readonly kind: "int" | "float" | "string" | "bool" | "nil" | "other"; readonly value: string | number | bigint | boolean | undefined };
function basic(value: unknown): Basic {
  if (value === undefined || value === null) return { kind: "nil", value: undefined };
  if (typeof value === "string") return { kind: "string", value };
  if (typeof value === "boolean") return { kind: "bool", value };
  const plain = number(value);
  if (plain === undefined) return { kind: "other", value: undefined };
  return { kind: value instanceof GoFloat || !Number.isInteger(Number(plain)) ? "float" : "int", value: plain };
}

function equal(first: unknown, ...others: unknown[]): boolean {
  if (others.length === 0) return fail("missing argument for comparison");
  const a = basic(first);
  return others.some((other) => {
    const b = basic(other);
    if (a.kind === "other" || b.kind === "other") return fail("non-comparable type for comparison");
    if (a.kind === "nil" || b.kind === "nil") return a.kind === b.kind;
    return a.kind === b.kind ? a.value === b.value : incompatible(first, other);
  });
}

const incompatible = (a: unknown, b: unknown): never => fail(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);

function less(first: unknown, second: unknown): boolean {
  const a = basic(first);
  const b = basic(second);
  if (a.kind === "nil" || b.kind === "nil" || a.kind === "other" || b.kind === "other" || a.kind === "bool") return fail("invalid type for comparison");
  if (a.kind !== b.kind || a.value === undefined || b.value === undefined) return incompatible(first, second);
  return a.value < b.value;
}

const comparison: Functions = {
  eq: equal,
  ne: (a, b) => !equal(a, b),
  lt: less,
  le: (a, b) => less(a, b) || equal(a, b),
  gt: (a, b) => !less(a, b) && !equal(a, b),
  ge: (a, b) => !less(a, b),
};

function index(container: unknown, ...keys: unknown[]): unknown {
  let value = container;
  for (const key of keys) value = indexOne(value, key);
  return value;
}

function indexOne(value: unknown, key: unknown): unknown {
  if (value === undefined || value === null) return fail("index of untyped nil");
  if (Array.isArray(value) || typeof value === "string") {
    const at = number(key);
    if (at === undefined || !Number.isInteger(Number(at))) return fail(`cannot index slice/array with type ${typeName(key)}`);
    const length = typeof value === "string" ? Buffer.byteLength(value) : value.length;
    if (at < 0 || at >= length) return fail(`index out of range: ${at}`);
    return typeof value === "string" ? Buffer.from(value)[Number(at)] : (value as unknown[])[Number(at)];
  }
  if (value instanceof Map) return value.get(key) ?? zeroLike([...value.values()]);
  if (!isObject(value)) return fail(`can't index item of type ${typeName(value)}`);
  const name = text(key);
  return Object.hasOwn(value, name) ? value[name] : zeroLike(Object.values(value));
}

/** A map's zero value; text when its values are text (labels, annotations), for JSON has no types. */
const zeroLike = (values: readonly unknown[]): unknown => (values.every((value) => typeof value === "string") ? "" : undefined);

function length(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || isObject(value)) return entriesOf(value).length;
  return value === null || value === undefined ? fail("len of nil pointer") : fail(`len of type ${typeName(value)}`);
}

function slice(value: unknown, ...bounds: unknown[]): unknown {
  if (typeof value !== "string" && !Array.isArray(value)) return fail(`can't slice item of type ${typeName(value)}`);
  if (bounds.length > (typeof value === "string" ? 2 : 3)) return fail("too many slice indexes");
  const size = length(value);
  const [from = 0, to = size] = bounds.map((bound) => whole(bound));
  for (const bound of [from, to]) if (bound < 0 || bound > size) return fail(`index out of range: ${bound}`);
  if (from > to) return fail(`invalid slice index: ${from} > ${to}`);
  return typeof value === "string" ? Buffer.from(value).subarray(from, to).toString() : value.slice(from, to);
}

/** fmt.Sprint: a space between operands when neither is text. */
function print(...args: unknown[]): string {
  return args.map((value, at) => `${at > 0 && typeof value !== "string" && typeof args[at - 1] !== "string" ? " " : ""}${printValue(value)}`).join("");
}

const evalArgs = (args: readonly unknown[]): string => (args.length === 1 && typeof args[0] === "string" ? args[0] : print(...args));
const htmlEscapes: Readonly<Record<string, string>> = { "\0": "\uFFFD", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function javascript(source: string): string {
  const named: Readonly<Record<string, string>> = { "\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D" };
  return source.replace(/[\\'"<>&=]|\p{Cc}/gu, (character) => named[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
}

const output: Functions = {
  index, slice, len: length, print,
  printf: (format, ...args) => sprintf(text(format), args),
  println: (...args) => `${args.map((value) => printValue(value)).join(" ")}\n`,
  html: (...args) => evalArgs(args).replace(/[\0"'&<>]/g, (character) => htmlEscapes[character] ?? character),
  js: (...args) => javascript(evalArgs(args)),
  urlquery: (...args) => encodeURIComponent(evalArgs(args)).replaceAll("%20", "+").replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
  call: (callee, ...args) => (typeof callee === "function" ? (callee as TemplateFunction)(...args)
    : fail(callee === undefined || callee === null ? "call of nil" : `non-function ${printValue(callee)} of type ${typeName(callee)}`)),
};

/** Functions with any number of further arguments. */
export const variadic: ReadonlySet<string> = new Set(["and", "or", "eq", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "call"]);

/** Go types of the parameters, where they are not `any`. */
export const parameterTypes: Readonly<Record<string, readonly string[]>> = {
  printf: ["string"], lower: ["string"], upper: ["string"], title: ["string"], pad: ["string", "int", "int"], split: ["string", "string"],
  truncate: ["string", "int"], join: ["[]string", "string"],
};

/** Go's text/template builtins. */
export const builtins: Functions = { ...logic, ...comparison, ...output };

/** JSON as Go's encoder writes it without HTML escaping: map keys sorted. */
export function toJson(value: unknown, space?: number): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (item instanceof GoFloat) return item.value;
    if (typeof item === "bigint") return Number(item);
    return item instanceof Map ? Object.fromEntries(entriesOf(item)) : item;
  }, space) ?? "null";
}

const bounded = (count: unknown): number => Math.min(whole(count), 1_000_000);

/** The functions that Podman's --format adds. */
export const podmanFunctions: Functions = {
  join: (list, separator) => rows(list).map((item) => printValue(item)).join(text(separator)),
  json: (value) => toJson(value),
  lower: (value) => text(value).toLowerCase(),
  upper: (value) => text(value).toUpperCase(),
  // Go's strings.Title: any ASCII character that is no letter, digit or underscore separates words, the apostrophe too.
  title: (value) => text(value).replace(/(?<=^|[\0-\x2f:-@[-^`{-\x7f]|\s)\p{Ll}/gu, (letter) => letter.toUpperCase()),
  pad: (value, before, after) => (text(value) === "" ? "" : " ".repeat(bounded(before)) + text(value) + " ".repeat(bounded(after))),
  split: (value, separator) => text(value).split(text(separator)),
  truncate: (value, size) => (Buffer.byteLength(text(value)) < whole(size) ? text(value) : Buffer.from(text(value)).subarray(0, whole(size)).toString()),
};
