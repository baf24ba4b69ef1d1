/** Filters of pod ps (podman-pod-ps(1)). Each filter's values are alternatives, except labels; filters must all match. */
import { EngineError, isEngineError } from "../base/errors.ts";
import { matchesId, searches, untilOf } from "../container/filter.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { Filters } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { matchLabels, matchNoLabels } from "../formats/list-filters.ts";
import type { PodRecord } from "../state/pod-record.ts";
import { statusOf } from "./members.ts";

interface Candidate { readonly pod: PodRecord; readonly members: readonly ContainerRecord[] }
type Predicate = (candidate: Candidate) => boolean;
type Make = (values: readonly string[], context: EngineContext) => Predicate | Promise<Predicate>;

const containerWords = ["created", "running", "paused", "stopped", "exited", "unknown"];
const podWords = ["stopped", "running", "paused", "exited", "dead", "created", "degraded"];

function mustBeOneOf(values: readonly string[], words: readonly string[], what: string): void {
  const wrong = values.find((value) => !words.includes(value));
  if (wrong !== undefined) throw new EngineError("invalid-argument", `${wrong} is not a valid ${what}`);
}
const ended = (word: string): string => (word === "stopped" ? "exited" : word);

const makers: Readonly<Record<string, Make>> = {
  id: (values) => ({ pod }) => values.some((value) => matchesId(pod.id, value)),
  name: (values) => { const found = searches(values); return ({ pod }) => found(pod.name); },
  label: (values) => ({ pod }) => matchLabels(values, pod.create.labels ?? {}),
  "label!": (values) => ({ pod }) => matchNoLabels(values, pod.create.labels ?? {}),
  until: (values) => { const limit = untilOf(values); return ({ pod }) => Date.parse(pod.createdAt) < limit; },
  status: (values) => { mustBeOneOf(values, podWords, "pod status"); return ({ members }) => values.includes(statusOf(members).toLowerCase()); },
  "ctr-ids": (values) => ({ members }) => members.some(({ id }) => values.some((value) => matchesId(id, value))),
  "ctr-names": (values) => { const found = searches(values); return ({ members }) => members.some(({ name }) => found(name)); },
  "ctr-number": (values) => ({ members }) => values.includes(String(members.length)),
  "ctr-status": (values) => {
    mustBeOneOf(values, containerWords, "status");
    const wanted = values.map(ended);
    return ({ members }) => members.some(({ state }) => wanted.includes(ended(state.status)));
  },
  network: async (values, context) => {
    const names = await Promise.all(values.map(async (value) => networkName(context, value)));
    return ({ pod, members }) => members.find(({ id }) => id === pod.infraId)?.config.network.networks.some(({ name }) => names.includes(name)) === true;
  },
};

/** A network that is not there matches nothing. */
async function networkName(context: EngineContext, ref: string): Promise<string | undefined> {
  try { return (await (await context.networks()).inspect(ref)).name; } catch (error) {
    if (isEngineError(error, "no-such-network")) return undefined;
    throw error;
  }
}

/** @throws invalid-argument with Podman's sentence for an unknown filter */
export async function podFilter(context: EngineContext, filters: Filters): Promise<Predicate> {
  const predicates = await Promise.all(Object.entries(filters).map(async ([name, values]) => {
    const make = makers[name];
    if (make === undefined) throw new EngineError("invalid-argument", `${name} is an invalid filter`);
    return make(values, context);
  }));
  return (candidate) => predicates.every((predicate) => predicate(candidate));
}
