/** `--filter` of image commands: `key=value`, or `key!=value` for the opposite, which travels as `key!`. */
import { usageError } from "../kit/usage-error.ts";

/** @throws usage with Podman's sentence */
export function imageFilters(values: readonly string[]): Record<string, readonly string[]> {
  const filters: Record<string, string[]> = {};
  for (const value of values) {
    const [key, text] = split(value);
    (filters[key] ??= []).push(text);
  }
  return filters;
}

function split(value: string): readonly [string, string] {
  const negated = value.indexOf("!=");
  if (negated >= 0) return [`${value.slice(0, negated)}!`, value.slice(negated + 2)];
  const equals = value.indexOf("=");
  if (equals < 0) throw usageError(`invalid image filter ${JSON.stringify(value)}: must be in the format "filter=value or filter!=value"`);
  return [value.slice(0, equals), value.slice(equals + 1)];
}
