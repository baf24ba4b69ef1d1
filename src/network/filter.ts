/** `--filter` of `network ls` and `network prune`. */
import type { Filters } from "../contract/kit.ts";
import type { Network } from "../contract/types/network.ts";
import { EngineError } from "../base/errors.ts";
import { matchLabels, matchNoLabels, parseTimestamp } from "../formats/list-filters.ts";

type Test = (network: Network) => boolean;
const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

/** All filters must match; values of one filter are alternatives, except labels. @throws invalid-argument */
export function networkFilter(filters: Filters, used: () => ReadonlySet<string>): Test {
  const tests = Object.entries(filters).map(([key, values]) => testOf(key, values, used));
  return (network) => tests.every((test) => test(network));
}

/** Without name, id, driver and dangling: those do not make sense there, and Podman refuses them. */
export function pruneFilter(filters: Filters): Test {
  const tests = Object.entries(filters).map(([key, values]) => pruneTestOf(key, values));
  return (network) => tests.every((test) => test(network));
}

function testOf(key: string, values: readonly string[], used: () => ReadonlySet<string>): Test {
  switch (key.toLowerCase()) {
    case "name": {
      const patterns = values.map(toPattern);
      return ({ name }) => patterns.some((pattern) => pattern.test(name));
    }
    case "driver": return ({ driver }) => values.includes(driver);
    case "id": {
      const tests = values.map(idTest);
      return ({ id }) => tests.some((test) => test(id));
    }
    case "dangling": return danglingTest(values, used);
    default: return pruneTestOf(key, values);
  }
}

function pruneTestOf(key: string, values: readonly string[]): Test {
  switch (key.toLowerCase()) {
    case "label": return ({ labels }) => matchLabels(values, labels ?? {});
    case "label!": return ({ labels }) => matchNoLabels(values, labels ?? {});
    case "until": {
      const [text, ...more] = values;
      if (text === undefined || more.length > 0) throw invalid('specify exactly one timestamp for until');
      const until = parseTimestamp(text);
      return ({ created }) => Date.parse(created) < until;
    }
    default: throw invalid(`invalid filter "${key}"`);
  }
}

function danglingTest(values: readonly string[], used: () => ReadonlySet<string>): Test {
  const [value, ...more] = values;
  if (value === undefined) throw invalid('got no values for filter key "dangling"');
  if (more.length > 0) throw invalid('got more than one value for filter key "dangling"');
  const isWanted = ["1", "t", "T", "TRUE", "true", "True"].includes(value);
  if (!isWanted && !["0", "f", "F", "FALSE", "false", "False"].includes(value)) throw invalid(`invalid dangling filter value "${value}"`);
  const names = used();
  return ({ name }) => names.has(name) !== isWanted;
}

/** Hex digits are a prefix, anything else a pattern. */
function idTest(value: string): (id: string) => boolean {
  if (/^[0-9a-fA-F]*$/.test(value)) return (id) => id.startsWith(value.toLowerCase());
  const pattern = toPattern(value);
  return (id) => pattern.test(id);
}
function toPattern(value: string): RegExp {
  try { return new RegExp(value); } catch (error) { throw invalid(`invalid filter value "${value}": ${error instanceof Error ? error.message : "not a pattern"}`); }
}
