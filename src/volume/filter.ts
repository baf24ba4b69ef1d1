/** Filters of volume ls and prune. */
import { EngineError } from "../base/errors.ts";
import type { Filters } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { matchLabels, matchNoLabels, parseTimestamp } from "../formats/list-filters.ts";
import type { VolumeRecord } from "../state/volume-record.ts";

type Predicate = (record: VolumeRecord) => boolean;
type Make = (values: readonly string[], context: EngineContext) => Predicate;

const yes = (values: readonly string[], name: string): boolean => {
  const value = values.at(-1) ?? "";
  if (["true", "1", "t", "T", "TRUE", "True"].includes(value)) return true;
  if (["false", "0", "f", "F", "FALSE", "False"].includes(value)) return false;
  throw new EngineError("invalid-argument", `"${value}" is not a valid value for the "${name}" filter - must be true or false`);
};
const isUsed = (context: EngineContext, { name }: VolumeRecord): boolean => context.containers().usersOf("volume", name).length > 0;
const created = ({ createdAt }: VolumeRecord): number => Date.parse(createdAt);
const oneTime = (values: readonly string[]): number => {
  if (values.length !== 1) throw new EngineError("invalid-argument", "specify exactly one timestamp for until");
  return parseTimestamp(values[0] ?? "");
};

const makers: Readonly<Record<string, Make>> = {
  name: (values) => { const patterns = values.map((value) => new RegExp(value)); return ({ name }) => patterns.some((pattern) => pattern.test(name)); },
  driver: (values) => ({ driver }) => values.includes(driver),
  scope: (values) => () => values.includes("local"),
  label: (values) => ({ labels }) => matchLabels(values, labels),
  "label!": (values) => ({ labels }) => matchNoLabels(values, labels),
  opt: (values) => ({ options }) => matchLabels(values, options),
  dangling: (values, context) => { const wanted = yes(values, "dangling"); return (record) => isUsed(context, record) !== wanted; },
  anonymous: (values) => { const wanted = yes(values, "anonymous"); return ({ anonymous }) => anonymous === wanted; },
  until: (values) => { const limit = oneTime(values); return (record) => created(record) < limit; },
  since: (values) => { const limit = oneTime(values); return (record) => created(record) > limit; },
  after: (values) => { const limit = oneTime(values); return (record) => created(record) > limit; },
};

/** @throws invalid-argument with Podman's sentence for an unknown filter */
export function volumeFilter(context: EngineContext, filters: Filters): Predicate {
  const predicates = Object.entries(filters).map(([name, values]) => {
    const make = makers[name];
    if (make === undefined) throw new EngineError("invalid-argument", `"${name}" is an invalid volume filter`);
    return make(values, context);
  });
  return (record) => predicates.every((predicate) => predicate(record));
}
