/** Filters of events: values of one filter are alternatives, filters must all match (podman-events(1)). */
import { EngineError } from "../base/errors.ts";
import type { Filters } from "../contract/kit.ts";
import type { EventRecord } from "../contract/types/event.ts";

type Predicate = (event: EventRecord) => boolean;
type Matches = (event: EventRecord, value: string) => boolean;

const named = (type: string): Matches => (event, value) => event.type === type && (event.name === value || event.id?.startsWith(value) === true);

const matchers: Readonly<Record<string, Matches>> = {
  container: named("container"),
  image: (event, value) => event.type === "image" && (event.name === value || event.id?.startsWith(value) === true || event.name?.replace(/:[^/:]*$/, "").endsWith(value) === true),
  pod: (event, value) => (event.type === "pod" && (event.name === value || event.id?.startsWith(value) === true)) || (event.podId?.startsWith(value) === true),
  volume: (event, value) => event.type === "volume" && event.name?.startsWith(value) === true,
  event: ({ status }, value) => (value === "die" ? status === "died" : status === value),
  type: ({ type }, value) => type === value,
  label: ({ attributes }, value) => {
    const equals = value.indexOf("=");
    return equals === -1 ? value in attributes : attributes[value.slice(0, equals)] === value.slice(equals + 1);
  },
  network: (event, value) => event.type === "network" && (event.network === value || event.id?.startsWith(value) === true),
  secret: named("secret"),
  artifact: named("artifact"),
};

/** @throws invalid-argument with Podman's sentence for an unknown filter */
export function eventFilter(filters: Filters): Predicate {
  const predicates = Object.entries(filters).map(([key, values]): Predicate => {
    const name = key.toLowerCase();
    const matches = matchers[name === "status" ? "event" : name];
    if (matches === undefined) throw new EngineError("invalid-argument", `invalid event filter: "${key}"`);
    // Labels must all match; of everything else one.
    return name === "label" ? (event) => values.every((value) => matches(event, value)) : (event) => values.some((value) => matches(event, value));
  });
  return (event) => predicates.every((predicate) => predicate(event));
}
