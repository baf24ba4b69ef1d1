/** TOML 1.0 into plain objects. The parser is loaded only when there is something to parse: start-up counts every millisecond. */
import type * as SmolToml from "smol-toml";
import { EngineError, messageOf } from "../base/errors.ts";

export type TomlTable = { readonly [key: string]: TomlValue };
export type TomlValue = string | number | bigint | boolean | Date | readonly TomlValue[] | TomlTable;

const header = /^\s*\[[\w.-]+\]\s*$|^$/;
const content = /^[ \t]*[^#\s].*$/gm;

/**
 * Parses `text`; `name` is the file named in errors. A text of comments and section headers only gives an empty table without loading the parser:
 * distributions ship such files, tens of kilobytes long. @throws EngineError invalid-argument with line and column
 */
export function parseToml(text: string, name: string): TomlTable {
  const body = withoutComments(text);
  if (!body.split("\n").some((line) => !header.test(line))) return {};
  try {
    // Stripped lines would shift the positions in messages, so a failure is reported from the full text.
    return run(body);
  } catch {
    return parseOrExplain(text, name);
  }
}

function parseOrExplain(text: string, name: string): TomlTable {
  try { return run(text); } catch (error) {
    throw new EngineError("invalid-argument", `decode configuration ${name}: ${messageOf(error).replaceAll(/\s*\n[\s\S]*$/g, "").toLowerCase()}${position(error)}`, { cause: error });
  }
}

function position(error: unknown): string {
  if (!(error instanceof Error) || !("line" in error) || !("column" in error)) return "";
  return ` at line ${error.line}, column ${error.column}`;
}

/** Comment lines of a file without multi-line strings (inside one, `#` is text). */
function withoutComments(text: string): string {
  if (text.includes('"""') || text.includes("'''")) return text;
  // One match over the whole text: ten times faster than a look at every line.
  return (text.match(content) ?? []).join("\n");
}

function run(text: string): TomlTable {
  // require and not import: it is synchronous, lazy, and the bundler still sees it.
  const { parse } = require("smol-toml") as typeof SmolToml;
  return parse(text, { integersAsBigInt: "asNeeded" }) as TomlTable;
}
