/** Filters of ps, and of verbs that take --filter. Each filter's values are alternatives, except labels; filters must all match. */
import { EngineError, isEngineError } from "../base/errors.ts";
import type { Filters } from "../contract/kit.ts";
import { matchLabels, matchNoLabels, parseTimestamp } from "../formats/list-filters.ts";
import type { EngineContext } from "../engine/context.ts";
import type { ContainerRecord } from "./record.ts";

export type Predicate = (record: ContainerRecord) => boolean;
type Make = (values: readonly string[], context: EngineContext) => Predicate;

const statusWords: ReadonlySet<string> = new Set(["configured", "created", "initialized", "running", "stopped", "paused", "exited", "removing", "stopping", "unknown"]);
const policies: ReadonlySet<string> = new Set(["", "no", "none", "always", "on-failure", "unless-stopped"]);

/** Go's regexp search, unanchored. @throws invalid-argument */
export function searches(patterns: readonly string[]): (text: string) => boolean {
  const compiled = patterns.map((pattern) => {
    try { return new RegExp(pattern, "u"); } catch (error) { throw new EngineError("invalid-argument", `invalid pattern "${pattern}"`, { cause: error }); }
  });
  return (text) => compiled.some((pattern) => pattern.test(text));
}
/** Hex digits and `^` are a prefix or pattern of an id. */
export function matchesId(id: string, wanted: string): boolean {
  const lower = wanted.toLowerCase();
  return /^[0-9a-f]+$/.test(lower) ? id.startsWith(lower) : searches([wanted])(id);
}
const createdMs = ({ config }: ContainerRecord): number => Date.parse(config.createdAt);

const makers: Readonly<Record<string, Make>> = {
  id: (values) => ({ id }) => values.some((value) => matchesId(id, value)),
  name: (values) => { const found = searches(values.map((value) => value.replaceAll("/", ""))); return ({ name }) => found(name); },
  label: (values) => ({ config }) => matchLabels(values, config.labels),
  "label!": (values) => ({ config }) => matchNoLabels(values, config.labels),
  exited: (values) => {
    const bad = values.find((value) => !/^-?\d+$/.test(value));
    if (bad !== undefined) throw new EngineError("invalid-argument", `exited code out of range '\\x00': strconv.ParseInt: parsing ${JSON.stringify(bad)}: invalid syntax`);
    return ({ state }) => state.status === "exited" && state.startedAt !== undefined && values.includes(String(state.exitCode ?? 0));
  },
  status: (values) => {
    const bad = values.find((value) => !statusWords.has(value));
    if (bad !== undefined) throw new EngineError("invalid-argument", `unknown container state: ${bad}: invalid argument`);
    const wanted = values.map((value) => (value === "stopped" ? "exited" : value));
    return ({ state }) => wanted.includes(state.status);
  },
  ancestor: (values) => {
    const found = searches(values);
    return ({ config }) => {
      const name = config.imageName ?? "";
      return values.some((value) => (config.imageId ?? "").includes(value)) || found(name) || (name.endsWith(":latest") && found(name.slice(0, -":latest".length)));
    };
  },
  before: (values, context) => { const limit = earliest(values, context); return (record) => createdMs(record) < limit; },
  since: (values, context) => { const limit = earliest(values, context); return (record) => createdMs(record) > limit; },
  until: (values) => { const limit = untilOf(values); return (record) => createdMs(record) < limit; },
  volume: (values) => ({ config }) => values.some((value) => {
    const [source = "", destination = ""] = value.split(":");
    const mounts = [...(config.mounts ?? []).map((mount) => ({ name: undefined, source: mount.source ?? "", destination: mount.destination })), ...config.volumes.map(({ name, destination: place }) => ({ name, source: name, destination: place }))];
    return mounts.some((mount) => (destination === "" ? mount.destination === source || mount.name === source : mount.source === source && mount.destination === destination));
  }),
  health: (values) => ({ state, config }) => values.includes(state.health?.status ?? (config.health === undefined ? "" : "starting")),
  pod: (values, context) => {
    const ids = new Set(context.state().pods.list().filter(({ id, name }) => values.some((value) => name === value || (value !== "" && id.startsWith(value)))).map(({ id }) => id));
    return ({ config }) => config.pod !== undefined && ids.has(config.pod);
  },
  network: (values, context) => {
    const joined = values.filter((value) => value.startsWith("container:")).flatMap((value) => idOf(context, value.slice("container:".length)));
    return ({ config }) => (config.network.mode === "container" ? joined.includes(config.network.value ?? "") : config.network.networks.some(({ name }) => values.includes(name)));
  },
  "restart-policy": (values) => {
    const bad = values.filter((value) => !policies.has(value));
    if (bad.length > 0) throw new EngineError("invalid-argument", `${bad.join(", ")} invalid restart ${bad.length > 1 ? "policies" : "policy"}`);
    return ({ config }) => values.some((value) => (value === "none" ? "no" : value) === (config.create.restart?.policy ?? "no"));
  },
  command: (values) => { const found = searches(values); return ({ config }) => found(config.command[0] ?? ""); },
  "should-start-on-boot": (values) => {
    const wanted = values.at(-1) === "true" || values.at(-1) === "1";
    return ({ config, state }) => startsOnBoot(config.create.restart?.policy, state.stoppedByUser === true) === wanted;
  },
};

function startsOnBoot(policy: string | undefined, stoppedByUser: boolean): boolean {
  return policy === "always" || (policy === "unless-stopped" && !stoppedByUser);
}

function earliest(values: readonly string[], context: EngineContext): number {
  return Math.min(...values.map((value) => createdMs(context.containers().resolve(value))));
}
function idOf(context: EngineContext, ref: string): readonly string[] {
  try { return [context.containers().resolveId(ref)]; } catch (error) {
    if (isEngineError(error, "no-such-container")) return [];
    throw error;
  }
}
/** @throws invalid-argument for none, several, or no time */
export function untilOf(values: readonly string[]): number {
  if (values.length !== 1) throw new EngineError("invalid-argument", "specify exactly one timestamp for until");
  return parseTimestamp(values[0] ?? "");
}

/** @throws invalid-argument with Podman's sentence for an unknown filter; `allowed` narrows them */
export function containerFilter(context: EngineContext, filters: Filters, allowed?: readonly string[]): Predicate {
  const predicates = Object.entries(filters).map(([name, values]) => {
    const make = allowed === undefined || allowed.includes(name) ? makers[name] : undefined;
    if (make === undefined) throw new EngineError("invalid-argument", `${name} is an invalid filter`);
    return make(values, context);
  });
  return (record) => predicates.every((predicate) => predicate(record));
}
