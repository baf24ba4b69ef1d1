/** `KEY=VALUE` lists and files: labels, annotations, environment, sysctls, log options. Pure. */
import { EngineError } from "../../base/errors.ts";

/** `A=b` → entry; without `=` the value is empty (labels). */
export function parseLabels(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value) => {
    const equals = value.indexOf("=");
    const key = equals === -1 ? value : value.slice(0, equals);
    if (key === "") throw new EngineError("invalid-argument", `unable to process labels: invalid label format: "${value}"`);
    return [key, equals === -1 ? "" : value.slice(equals + 1)];
  }));
}

/** Every value must have a `=`. `complain` gives the error for the first that does not. */
export function parsePairs(values: readonly string[], complain: (value: string) => string): Record<string, string> {
  return Object.fromEntries(values.map((value) => {
    const equals = value.indexOf("=");
    if (equals < 1) throw new EngineError("invalid-argument", complain(value));
    return [value.slice(0, equals), value.slice(equals + 1)];
  }));
}

/**
 * `--env`: `A=b`; `A` copies the caller's; `A*` copies every one that starts so. A name the caller does not have is left out.
 */
export function parseEnvironment(values: readonly string[], host: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const value of values) {
    const equals = value.indexOf("=");
    if (equals === 0 || value === "") throw new EngineError("invalid-argument", `invalid variable: ${JSON.stringify(value)}`);
    if (equals > 0) out[value.slice(0, equals)] = value.slice(equals + 1);
    else if (value.endsWith("*")) Object.assign(out, matching(host, value.slice(0, -1)));
    else if (host[value] !== undefined) out[value] = host[value];
  }
  return out;
}
function matching(host: Readonly<Record<string, string | undefined>>, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(host).flatMap(([name, value]) => value !== undefined && name.startsWith(prefix) ? [[name, value]] : []));
}

/** An env or label file: one entry a line, `#` comments, blank lines; leading white space is dropped. */
export function parseLines(text: string): string[] {
  return text.split("\n").map((line) => line.trimStart()).filter((line) => line !== "" && !line.startsWith("#"));
}
