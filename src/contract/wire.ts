/**
 * How an operation's input travels as a libpod request: path parameters, query, JSON body. The remote engine encodes, the
 * server decodes; both read the same table, so they cannot disagree. Pure.
 */
import { EngineError } from "../base/errors.ts";
import type { Field, FieldType, Operation, Route } from "./kit.ts";

export interface WireRequest {
  readonly method: Route["method"];
  /** Below `/v{version}/libpod`, percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** JSON body; undefined for none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
/** Header of a client that understands items of progress in streams (our own). */
export const progressHeader = "X-Progress";

type Input = Readonly<Record<string, unknown>>;

/** The route of an operation, or the reason why it has none. @throws not-implemented */
export function routeOf(operation: Operation): Route {
  if ("localOnly" in operation.libpod) throw new EngineError("not-implemented", `${operation.name} is not available over a remote connection: ${operation.libpod.localOnly}`);
  return operation.libpod;
}

const parameter = /\{(\w+)\}/g;
/** Names of the input fields in a route's path, in order. */
export function pathFields(route: Route): string[] {
  return [...route.path.matchAll(parameter)].map((match) => match[1] ?? "");
}

export function encodeRequest(operation: Operation, input: Input): WireRequest {
  const route = routeOf(operation);
  const inPath = new Set(pathFields(route));
  const path = route.path.replaceAll(parameter, (_all, name: string) => encodeURIComponent(String(input[name])));
  const query = new URLSearchParams(route.flag === undefined ? {} : { [route.flag]: "true" });
  const body: Record<string, unknown> = {};
  const headers: Record<string, string> = {};
  for (const [name, field] of Object.entries(operation.input)) {
    const value = input[name];
    if (inPath.has(name) || value === undefined || name === route.body || field.where === "local") continue;
    if (field.header !== undefined) { headers[field.header] = Buffer.from(JSON.stringify(value)).toString("base64url"); continue; }
    if (name === route.contentType) { headers["content-type"] = String(value); continue; }
    if (route.body === "*" && field.where !== "query") body[field.wire ?? name] = value;
    else appendQuery(query, field.wire ?? name, field.type, value);
  }
  const base = { method: route.method, path, query, headers };
  if (route.body === undefined) return base;
  return { ...base, body: bodyToWire(route, route.body === "*" ? body : input[route.body]) };
}

function bodyToWire(route: Route, value: unknown): unknown {
  return route.codec === undefined ? value : (route.codec.toWire as (value: unknown) => unknown)(value);
}

function appendQuery(query: URLSearchParams, name: string, type: FieldType, value: unknown): void {
  if (type === "string[]") for (const item of value as readonly string[]) query.append(name, item);
  else if (type === "json" || type === "map") query.append(name, JSON.stringify(value));
  else query.append(name, String(value));
}

/** Turns a request back into the operation's input. @throws invalid-argument naming the parameter */
export function decodeRequest(operation: Operation, parameters: Readonly<Record<string, string>>, query: URLSearchParams, body: unknown, header: (name: string) => string | undefined = () => undefined): Input {
  const route = routeOf(operation);
  const input: Record<string, unknown> = {};
  const fromBody = route.body === undefined || body === undefined ? undefined : bodyFromWire(route, body);
  for (const [name, field] of Object.entries(operation.input)) {
    if (field.where === "local") continue;
    const value = field.header === undefined ? decodeField(name, field, route, { parameters, query, body: fromBody }) : decodeHeader(field.header, header(field.header));
    if (value !== undefined) input[name] = value;
    else if (field.required) throw new EngineError("invalid-argument", `parameter "${field.wire ?? name}" is required`);
  }
  return input;
}

function bodyFromWire(route: Route, body: unknown): unknown {
  const { codec } = route;
  return codec === undefined ? body : decoded(() => (codec.fromWire as (wire: unknown) => unknown)(body));
}

/** Codecs trust types that a peer may not keep to: whatever they stumble over is the body's fault. @throws invalid-argument */
export function decoded<T>(decode: () => T): T {
  try { return decode(); } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError("invalid-argument", `decode request body: a value has the wrong type: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Clients use both alphabets of base64. An empty header means "none". */
function decodeHeader(name: string, value: string | undefined): unknown {
  if (value === undefined || value === "") return undefined;
  try { return JSON.parse(Buffer.from(value, "base64").toString("utf8")) ?? undefined; } catch { throw new EngineError("invalid-argument", `failed to parse "${name}" header: not base64 of JSON`); }
}

interface Parts { readonly parameters: Readonly<Record<string, string>>; readonly query: URLSearchParams; readonly body: unknown }
function decodeField(name: string, field: Field<unknown>, route: Route, parts: Parts): unknown {
  const fromPath = parts.parameters[name];
  if (fromPath !== undefined) return fromPath;
  if (route.body === name) return parts.body;
  const wire = field.wire ?? name;
  if (route.body === "*") {
    const object = typeof parts.body === "object" && parts.body !== null ? parts.body as Record<string, unknown> : {};
    if (object[wire] !== undefined && object[wire] !== null) return object[wire];
  }
  const values = queryValues(parts.query, wire);
  return values.length === 0 ? undefined : parse(wire, field.type, values);
}

/** Go's schema decoder ignores the case of parameter names, and clients rely on it. */
function queryValues(query: URLSearchParams, name: string): string[] {
  const exact = query.getAll(name);
  if (exact.length > 0) return exact;
  const lower = name.toLowerCase();
  for (const key of query.keys()) if (key.toLowerCase() === lower) return query.getAll(key);
  return [];
}

const parsers: Readonly<Record<FieldType, (values: readonly string[], name: string) => unknown>> = {
  "string": (values) => values.at(-1),
  "string[]": (values) => values,
  "boolean": (values, name) => parseBoolean(values.at(-1) ?? "", name),
  "integer": (values, name) => parseNumber(values.at(-1) ?? "", name, Number.isSafeInteger),
  "number": (values, name) => parseNumber(values.at(-1) ?? "", name, Number.isFinite),
  "map": (values, name) => parseJson(values.at(-1) ?? "", name),
  "json": (values, name) => parseJson(values.at(-1) ?? "", name),
};
function parse(name: string, type: FieldType, values: readonly string[]): unknown {
  // An empty value of anything but a string means "not given": docker clients send `limit=`.
  if (type !== "string" && type !== "string[]" && values.at(-1) === "") return undefined;
  return parsers[type](values, name);
}

const bad = (name: string, text: string, what: string): EngineError =>
  new EngineError("invalid-argument", `failed to parse parameters: parameter "${name}": "${text.slice(0, 200)}" is not ${what}`);

/** The spellings that Go's strconv.ParseBool and its schema decoder take. */
function parseBoolean(text: string, name: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True", "on"].includes(text)) return true;
  if (["0", "f", "F", "false", "FALSE", "False", "off"].includes(text)) return false;
  throw bad(name, text, "a boolean");
}
function parseNumber(text: string, name: string, accepts: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() === "" || !accepts(value)) throw bad(name, text, "a number");
  return value;
}
function parseJson(text: string, name: string): unknown {
  let value: unknown;
  try { value = JSON.parse(text); } catch { throw bad(name, text, "valid JSON"); }
  return name === "filters" ? normaliseFilters(value, text) : value;
}

/** Docker's old clients send `{name: {value: true}}`, new ones `{name: [value]}`. @throws invalid-argument */
export function normaliseFilters(value: unknown, text: string): Record<string, string[]> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("filters", text, "a map of lists");
  return Object.fromEntries(Object.entries(value).map(([name, entry]: [string, unknown]) => {
    if (Array.isArray(entry)) return [name, entry.map(String)];
    if (typeof entry === "object" && entry !== null) return [name, Object.entries(entry).filter(([, on]) => on === true).map(([key]) => key)];
    throw bad("filters", text, "a map of lists");
  }));
}
