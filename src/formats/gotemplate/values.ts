/**
 * Go's view of JavaScript values: what counts as empty, how a value prints, what type name errors show. Arrays are slices; a Map is
 * always a map; a plain object is a struct when every key looks like an exported field, else a map (JSON has no type names). An
 * object may carry its own Go type name and text by the two symbols.
 */
import { goQuote } from "../go/quote.ts";

/** Go type name of an object, for error messages: `*define.Version`. */
export const goType = Symbol("goType");
/** `() => string`: how an object prints, as Go's String method. */
export const goString = Symbol("goString");

/** A number that is a Go float64 although it has no fraction. */
export class GoFloat {
  readonly value: number;
  constructor(value: number) { this.value = value; }
}

const exported = /^\p{Lu}/u;

export function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof GoFloat) && !(value instanceof Date);
}

/** True for an object that Go would have as a struct. */
export function isStruct(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (goType in value || Object.getPrototypeOf(value) !== Object.prototype) return true;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => exported.test(key));
}

/** Entries in the order Go prints and ranges: maps by key, structs as declared. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  const entries = value instanceof Map ? [...value.entries()].map(([key, item]) => [String(key), item] as const) : isObject(value) ? Object.entries(value) : [];
  return isStruct(value) ? entries : entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** text/template's truth: the zero values are false. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0 || value === 0n) return false;
  if (value instanceof GoFloat) return value.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return isObject(value) ? isStruct(value) || Object.keys(value).length > 0 : true;
}

/** Type name as in Go's messages. */
export function typeName(value: unknown): string {
  if (value === undefined || value === null) return "<nil>";
  if (value instanceof GoFloat) return "float64";
  switch (typeof value) {
    case "string": return "string";
    case "boolean": return "bool";
    case "number": return Number.isInteger(value) ? "int" : "float64";
    case "bigint": return "int64";
    case "function": return "func";
    case "object": case "symbol": case "undefined": break;
  }
  if (Array.isArray(value)) return value.every((item) => typeof item === "string") && value.length > 0 ? "[]string" : "[]interface {}";
  if (value instanceof Date) return "time.Time";
  const named = isObject(value) ? value[goType] : undefined;
  return typeof named === "string" ? named : "map[string]interface {}";
}

/** Go's `%v` of a float64: shortest form, exponent from 1e21 and below 1e-4. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return String(value);
}

/** `%v` and, with `quote`, what `%q` does inside of lists. `plus` names struct fields. Cycles end at a depth no report has. */
export function printValue(value: unknown, options: { readonly quote?: boolean; readonly plus?: boolean } = {}, depth = 0): string {
  if (depth > 50) return "...";
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "string") return options.quote === true ? goQuote(value) : value;
  if (value instanceof GoFloat) return formatFloat(value.value);
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 1e21 ? String(value) : formatFloat(value);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return printTime(value);
  if (Array.isArray(value)) return `[${value.map((item) => printValue(item, options, depth + 1)).join(" ")}]`;
  const own = isObject(value) ? value[goString] : undefined;
  if (typeof own === "function") return String(own.call(value));
  const struct = isStruct(value);
  const shown = entriesOf(value).filter(([, item]) => typeof item !== "function").map(([key, item]) => {
    const text = printValue(item, options, depth + 1);
    return struct && options.plus !== true ? text : `${!struct && options.quote === true ? goQuote(key) : key}:${text}`;
  }).join(" ");
  return struct ? `{${shown}}` : `map[${shown}]`;
}

/** Go's time.Time in UTC. */
function printTime(time: Date): string {
  const fraction = time.getUTCMilliseconds() === 0 ? "" : `.${String(time.getUTCMilliseconds()).padStart(3, "0").replace(/0+$/, "")}`;
  return `${time.toISOString().slice(0, 19).replace("T", " ")}${fraction} +0000 UTC`;
}
