/** Merging one TOML table into a section by its key table: types checked, lists replaced or appended. */
import { EngineError } from "../base/errors.ts";
import { parseHumanSize, parseRamSize } from "../formats/size.ts";
import type { TomlTable, TomlValue } from "../formats/toml.ts";
import type { KeyKind, KeyTable } from "./containers-keys.ts";

export type Section = Record<string, unknown>;

/** Where a value comes from, for errors. */
export interface MergeContext {
  readonly file: string;
  readonly section: string;
  /** Fields whose list said `{append=true}`: that holds for the files that follow too, until one says `{append=false}`. */
  readonly appending: Set<string>;
  readonly debug: string[];
}

/** Puts every known key of `table` into `target`. @throws EngineError invalid-argument naming file and key for a wrong type */
export function mergeSection(target: Section, table: TomlTable, keys: KeyTable, context: MergeContext): void {
  for (const [name, value] of Object.entries(table)) {
    const key = keys[name];
    if (key === undefined) {
      context.debug.push(`Failed to decode the keys ["${context.section}.${name}"] from "${context.file}".`);
      continue;
    }
    const [kind, field] = key;
    target[field] = kind === "list" ? mergeList(target[field], value, name, context) : mergeValue(target[field], value, kind, name, context);
  }
}

function mergeValue(old: unknown, value: TomlValue, kind: Exclude<KeyKind, "list">, name: string, context: MergeContext): unknown {
  const wrong = (wanted: string): EngineError => typeError(wanted, value, name, context);
  switch (kind) {
    case "string": if (typeof value !== "string") throw wrong("a string"); return value;
    case "bool": if (typeof value !== "boolean") throw wrong("true or false"); return value;
    case "int": if (!isInteger(value)) throw wrong("an integer"); return value;
    case "uint": if (!isInteger(value) || value < 0) throw wrong("an integer of 0 or more"); return value;
    case "ramSize": return sizeOf(value, parseRamSize) ?? fail(wrong("a size such as \"64m\""));
    case "humanSize": return value === "" ? old : sizeOf(value, parseHumanSize) ?? fail(wrong("a size such as \"10m\""));
    case "stringMap": return { ...(old as object | undefined), ...mapOf(value, (item) => typeof item === "string", wrong("a table of strings")) };
    case "listMap": return { ...(old as object | undefined), ...mapOf(value, isStringList, wrong("a table of string arrays")) };
    case "tables": return { ...(old as object | undefined), ...mapOf(value, isTable, wrong("a table of tables")) };
    case "any": return value;
  }
}

/** A plain array replaces; with `{append=true}` among the items it is added to what earlier files gave. */
function mergeList(old: unknown, value: TomlValue, name: string, context: MergeContext): readonly string[] {
  if (!Array.isArray(value)) throw typeError("an array of strings", value, name, context);
  const items: string[] = [];
  const field = `${context.section}.${name}`;
  for (const item of value as readonly TomlValue[]) {
    if (typeof item === "string") items.push(item);
    else if (isTable(item)) readAttributes(item, field, context);
    else throw typeError("an array of strings", value, name, context);
  }
  return context.appending.has(field) ? [...(old as readonly string[] | undefined ?? []), ...items] : items;
}

function readAttributes(attributes: TomlTable, field: string, context: MergeContext): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== "append" || typeof value !== "boolean") {
      throw new EngineError("invalid-argument", `decode configuration ${context.file}: key "${field}": unsupported attribute "${name}" (only append=true or append=false)`);
    }
    if (value) context.appending.add(field); else context.appending.delete(field);
  }
}

function typeError(wanted: string, value: TomlValue, name: string, context: MergeContext): EngineError {
  return new EngineError("invalid-argument", `decode configuration ${context.file}: key "${context.section}.${name}": expected ${wanted}, got ${describe(value)}`);
}

function describe(value: TomlValue): string {
  if (Array.isArray(value)) return "an array";
  if (isTable(value)) return "a table";
  return JSON.stringify(typeof value === "bigint" ? String(value) : value);
}

function fail(error: EngineError): never { throw error; }
function isInteger(value: TomlValue): value is number { return typeof value === "number" && Number.isSafeInteger(value); }
function isStringList(value: TomlValue): boolean { return Array.isArray(value) && value.every((item) => typeof item === "string"); }
export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}

function mapOf(value: TomlValue, isItem: (item: TomlValue) => boolean, wrong: EngineError): TomlTable {
  if (!isTable(value) || !Object.values(value).every(isItem)) throw wrong;
  return value;
}

function sizeOf(value: TomlValue, parse: (text: string) => number | undefined): number | undefined {
  if (typeof value === "string") return parse(value);
  return isInteger(value) && value >= 0 ? value : undefined;
}
