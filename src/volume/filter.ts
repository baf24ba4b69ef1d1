/** Filters of volume ls and prune. Values of one filter are alternatives, but for labels. */
import { EngineError } from "../base/errors.ts";
import type { Filters } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { matchLabels, matchNoLabels, parseTimestamp } from "../formats/list-filters.ts";
import type { VolumeRecord } from "../state/volume-record.ts";

type Predicate = (record: VolumeRecord) => boolean;
type Make = (values: readonly string[], context: EngineContext) => Predicate;

const yes = ["true", "1"];
const no = ["false", "0"];
/** True for a record that has the property as one of the values says. */
function either(name: string, values: readonly string[], has: Predicate): Predicate {
  const bad = values.find((value) => ![...yes, ...no].includes(value.toLowerCase()));
  if (bad !== undefined) throw new EngineError("invalid-argument", `${JSON.stringify(bad)} is not a valid value for the "${name}" filter - must be true or false`);
  return (record) => values.some((value) => has(record) === yes.includes(value.toLowerCase()));
}
const isUnused = (context: EngineContext): Predicate => ({ name }) => context.containers().usersOf("volume", name).length === 0;
const created = ({ createdAt }: VolumeRecord): number => Date.parse(createdAt);

/** Made after the oldest of these volumes. @throws not-found/no-such-volume */
const after: Make = (values, context) => {
  const limit = Math.min(...values.map((value) => created(context.state().volumes.resolve(value))));
  return (record) => created(record) > limit;
};

const common: Readonly<Record<string, Make>> = {
  after, since: after,
  label: (values) => ({ labels }) => matchLabels(values, labels),
  "label!": (values) => ({ labels }) => matchNoLabels(values, labels),
  anonymous: (values) => either("anonymous", values, ({ anonymous }) => anonymous),
  until: (values) => {
    if (values.length !== 1) throw new EngineError("invalid-argument", "specify exactly one timestamp for until");
    const limit = parseTimestamp(values[0] ?? "");
    return (record) => created(record) < limit;
  },
};
const ofList: Readonly<Record<string, Make>> = {
  ...common,
  name: (values) => { const patterns = values.map(pattern); return ({ name }) => patterns.some((one) => one.test(name)); },
  driver: (values) => ({ driver }) => values.includes(driver),
  scope: (values) => () => values.includes("local"),
  opt: (values) => ({ options }) => values.some((value) => hasOption(value, options)),
  dangling: (values, context) => either("dangling", values, isUnused(context)),
};

function pattern(text: string): RegExp {
  try { return new RegExp(text); } catch (error) { throw new EngineError("invalid-argument", `invalid name filter "${text}"`, { cause: error }); }
}

function hasOption(wanted: string, options: Readonly<Record<string, string>>): boolean {
  const [key = "", ...rest] = wanted.split("=");
  const value = rest.join("=");
  return key in options && (value === "" || options[key] === value);
}

/** @throws invalid-argument with Podman's sentence for an unknown filter */
export const volumeFilter = (context: EngineContext, filters: Filters): Predicate => every(context, filters, ofList);
/** Those that choose what is removed. @throws invalid-argument */
export const pruneFilter = (context: EngineContext, filters: Filters): Predicate => every(context, filters, common);

function every(context: EngineContext, filters: Filters, makers: Readonly<Record<string, Make>>): Predicate {
  const predicates = Object.entries(filters).map(([name, values]) => {
    const make = makers[name];
    if (make === undefined) throw new EngineError("invalid-argument", `"${name}" is an invalid volume filter`);
    return make(values, context);
  });
  return (record) => predicates.every((predicate) => predicate(record));
}
