/**
 * Output of lists and reports: tables, `--format` with Go templates, `--format json`, `--noheading`, `--quiet`; the rules are
 * those of Podman's report package. The template interpreter is loaded only when a format was typed.
 */
import { alignTabs } from "../formats/go/tabwriter.ts";
import type { CommandContext } from "./kit/types.ts";

/** Fields of rows may be getters and methods: `{{.ID}}`, `{{.Label "x"}}`. */
export type Row = object;

export interface Column<R> {
  readonly header: string;
  /** Text of the cell in the default table. */
  readonly cell: (row: R) => string;
}
export interface ListOptions<R extends Row> {
  /** The command's last word: the template's name in error messages. */
  readonly name: string;
  /** What the user typed as --format. */
  readonly format?: string | undefined;
  /** The default table. */
  readonly columns: readonly Column<R>[];
  /** Headers of `table` templates by field; other fields get their own name, split and in capitals. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly noHeading?: boolean | undefined;
  /** Templates without `table` have a heading too (`pod stats`). */
  readonly alwaysHeading?: boolean;
  /** What `--format json` prints instead of the rows, and its indentation (4 spaces, as most of Podman's lists). */
  readonly json?: () => unknown;
  readonly jsonIndent?: number;
}

/** True for the ways to ask for JSON that are not templates: `json`, `{{json}}`, `{{ json. }}`. */
export function isJson(format: string): boolean {
  return /^\s*(json|\{\{\s*json\.?\s*\}\})\s*$/.test(format);
}

/** Writes rows: the default table, JSON, or the user's template once per row. @throws invalid-argument for a bad template */
export async function renderList<R extends Row>(context: CommandContext, rows: readonly R[], options: ListOptions<R>): Promise<void> {
  const { format } = options;
  if (format === undefined) { await context.out.write(table(rows, options)); return; }
  if (isJson(format)) { await renderJson(context, options.json === undefined ? rows : options.json(), options.jsonIndent ?? 4); return; }
  if (format === "table") { await context.out.write(table(rows, options)); return; }
  await context.out.write(await listText(rows, options, format));
}

function table<R extends Row>(rows: readonly R[], { columns, noHeading }: ListOptions<R>): string {
  const lines = rows.map((row) => columns.map((column) => column.cell(row)).join("\t"));
  if (noHeading !== true) lines.unshift(columns.map((column) => column.header).join("\t"));
  return lines.length === 0 ? "" : alignTabs(`${lines.join("\n")}\n`);
}

/** The text of a list by a user's format; `table ` adds headers and aligns. */
export async function listText<R extends Row>(rows: readonly R[], options: Omit<ListOptions<R>, "columns">, format: string): Promise<string> {
  const isTable = format.startsWith("table ");
  const template = await parseReport(options.name, isTable ? format.slice("table ".length) : format, isTable, isTable ? inRange : enforceRange);
  const heading = (isTable || options.alwaysHeading === true) && options.noHeading !== true ? template.render([headerRow(rows, options.headers ?? {})]) : "";
  const body = template.render(rows);
  return isTable ? alignTabs(heading + body) : heading + body;
}

/** Writes one report by the user's template or as JSON. `name` as in ListOptions. @throws invalid-argument */
export async function renderFormat(context: CommandContext, name: string, format: string, report: unknown, jsonIndent = 0): Promise<void> {
  if (isJson(format)) { await renderJson(context, report, jsonIndent); return; }
  const template = await parseReport(name, format, false, (text) => text);
  await context.out.write(template.render(report));
}

/** A formatter for rows that come one by one (events, stats): the line of each, ended by a newline. @throws invalid-argument */
export async function rowFormatter(name: string, format: string): Promise<(row: Row) => string> {
  if (isJson(format)) {
    const { toJson } = await import("../formats/gotemplate/index.ts");
    return (row) => `${toJson(row)}\n`;
  }
  const template = await parseReport(name, format, false, (text) => text);
  return (row) => template.render(row);
}

/** Writes a value as JSON with a final newline; `indent` 0 is one line. */
export async function renderJson(context: CommandContext, value: unknown, indent = 4): Promise<void> {
  const { toJson } = await import("../formats/gotemplate/index.ts");
  await context.out.write(`${toJson(value, indent)}\n`);
}

const inRange = (text: string): string => `{{range .}}${text}{{end -}}`;

/** A user's template stands for one row unless it ranges over the rows itself. */
function enforceRange(text: string): string {
  return /\{\{\s*range\s*\.\s*\}\}.*\{\{\s*end\s*-?\s*\}\}/s.test(text) ? text : inRange(text);
}

/** `\t` and `\n` typed as two characters become one, unless that breaks the template (`{{printf "\n"}}`). */
async function parseReport(name: string, format: string, isTable: boolean, wrap: (text: string) => string): Promise<{ render(data: unknown): string }> {
  const { compileTemplate } = await import("../formats/gotemplate/index.ts");
  const plain = format.replaceAll("\\t", "\t").replaceAll("\\n", "\n");
  const lines = isTable ? plain.replaceAll(" ", "\t") : plain;
  try {
    return compileTemplate(name, wrap(lines.endsWith("\n") ? lines : `${lines}\n`));
  } catch {
    return compileTemplate(name, wrap(format));
  }
}

/** A map, so that a column without header shows as `<no value>` and not as an error. */
function headerRow(rows: readonly Row[], overrides: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const headers = new Headers(rows.length === 0, fieldNames(rows[0]).map((name) => [name, headerOf(name)] as const));
  for (const [name, header] of Object.entries(overrides)) headers.set(name, header.toUpperCase());
  return headers;
}

/** Without rows nothing is known of the fields, and any may have a header. */
class Headers extends Map<string, string> {
  readonly #guess: boolean;
  constructor(guess: boolean, entries: readonly (readonly [string, string])[]) {
    super(entries);
    this.#guess = guess;
  }
  override get(name: string): string | undefined { return super.get(name) ?? (this.#guess ? headerOf(name) : undefined); }
}

/** Own and inherited fields of a row: getters and methods count. */
function fieldNames(row: object | undefined): readonly string[] {
  const names: string[] = [];
  for (let level = row; level !== undefined && level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level) as object) {
    names.push(...Object.getOwnPropertyNames(level).filter((name) => name !== "constructor"));
  }
  return names;
}

/** `ImageID` → `IMAGE ID`, `CreatedAt` → `CREATED AT`: words begin where case or digits change, a capital belongs to what follows. */
export function headerOf(name: string): string {
  return (name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Nd}+|[^\p{L}\p{Nd}]+/gu) ?? [name]).join(" ").toUpperCase();
}
