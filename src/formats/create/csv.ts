/** One CSV record as Go's encoding/csv reads it: fields may be quoted, `""` is a quote. Pure. */
import { EngineError } from "../../base/errors.ts";

/** @throws invalid-argument for a stray or open quote */
export function parseCsv(text: string): string[] {
  const fields: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"(,|$)/.exec(rest);
    const match = quoted ?? /^([^",]*)(,|$)/.exec(rest) ?? undefined;
    if (match === undefined) throw new EngineError("invalid-argument", `parse error on line 1: bare or open " in field: ${JSON.stringify(text)}`);
    fields.push(quoted === null ? match[1] ?? "" : (match[1] ?? "").replaceAll("\"\"", "\""));
    if (match[2] !== ",") return fields;
    rest = rest.slice(match[0].length);
  }
}
