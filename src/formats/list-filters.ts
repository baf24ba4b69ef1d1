/** Filters that `ls` and `prune` of several nouns share: labels and time. Pure. */
import { EngineError } from "../base/errors.ts";

/**
 * `key` or `key=value` against an object's labels; all must match. A key with `*` matches anywhere in the label's key, an empty
 * value matches any. No filters match everything.
 */
export function matchLabels(filters: readonly string[], labels: Readonly<Record<string, string>>): boolean {
  return filters.every((filter) => Object.entries(labels).some(([key, value]) => matchesLabel(filter, key, value)));
}
/** `label!=`: true when none of the filters matches. */
export function matchNoLabels(filters: readonly string[], labels: Readonly<Record<string, string>>): boolean {
  return !filters.some((filter) => matchLabels([filter], labels));
}

function matchesLabel(filter: string, key: string, value: string): boolean {
  const equals = filter.indexOf("=");
  const [wantedKey, wantedValue] = equals === -1 ? [filter, ""] : [filter.slice(0, equals), filter.slice(equals + 1)];
  if (wantedValue !== "" && wantedValue !== value) return false;
  return wantedKey === key || (wantedKey.includes("*") && containsInOrder(key, wantedKey.split("*")));
}

function containsInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const found = text.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return true;
}

const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, "µs": 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A Go duration (`1h30m`, `10s`, `-5m`) in milliseconds; undefined for anything else. */
export function parseGoDuration(text: string): number | undefined {
  const match = /^([+-])?((?:[0-9]*\.?[0-9]+|[0-9]+\.)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (match === null) return text === "0" ? 0 : undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([0-9.]+)(ns|us|µs|ms|s|m|h)/g)) total += Number(number) * (units[unit ?? ""] ?? NaN);
  return match[1] === "-" ? -total : total;
}

/**
 * The moment an `until` or `since` names, in milliseconds since the epoch: a Go duration before now, seconds since the epoch
 * with a fraction, or a date in RFC 3339's form, whose tail may be missing (local time without zone).
 * @throws invalid-argument
 */
export function parseTimestamp(text: string, now = Date.now()): number {
  const duration = parseGoDuration(text);
  if (duration !== undefined) return now - duration;
  if (/^[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text) * 1000;
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}(?::\d{2}(?::\d{2}(?:[.,]\d+)?)?)?))?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (match === null) throw new EngineError("invalid-argument", `parsing time "${text}": not a duration, a Unix time or a date`);
  const [, date, clock = "00", zone = ""] = match;
  const full = clock.split(":").length === 1 ? `${clock}:00:00` : clock.split(":").length === 2 ? `${clock}:00` : clock;
  const time = Date.parse(`${date}T${full.replace(",", ".")}${zone}`);
  if (Number.isNaN(time)) throw new EngineError("invalid-argument", `parsing time "${text}": no such date`);
  return time;
}
