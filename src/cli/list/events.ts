/** `podman events`: one line per event, for people, as JSON or by template. */
import type { EventRecord } from "../../contract/types/event.ts";
import type { CommandContext } from "../kit/types.ts";
import { rowFormatter } from "../render.ts";
import { parseFilters } from "../targets.ts";

interface EventFlags { readonly filter: readonly string[] | undefined; readonly format: string | undefined; readonly noTrunc: boolean; readonly since: string | undefined; readonly stream: boolean; readonly until: string | undefined }

export async function showEvents(context: CommandContext, flags: EventFlags): Promise<void> {
  const format = flags.format === undefined || flags.format === "" ? undefined : await rowFormatter("events", flags.format);
  const engine = await context.engine();
  const filters = parseFilters(flags.filter ?? []);
  const events = engine.system.events({
    stream: flags.stream, ...(flags.since !== undefined && { since: flags.since }), ...(flags.until !== undefined && { until: flags.until }),
    ...(Object.keys(filters).length > 0 && { filters }),
  }, { signal: context.signal });
  for await (const event of events) await context.out.write(format === undefined ? `${eventText(event, !flags.noTrunc)}\n` : format(eventRow(event)));
}

/** Podman's JSON names in its order; empty ones are left out, but for the attributes. */
function eventRow(event: EventRecord): object {
  const seconds = Math.trunc(Date.parse(event.time) / 1000);
  const attributes = Object.keys(event.attributes).length === 0 ? null : event.attributes;
  const shown = {
    ContainerExitCode: event.containerExitCode, ID: event.id, Image: event.image, Name: event.name, network: event.network, Status: event.status, time: seconds, timeNano: BigInt(event.timeNano),
    Type: event.type, health_status: event.healthStatus, Error: event.error, ContainerInspectData: event.inspectData, PodID: event.podId, Attributes: attributes,
  };
  const fields = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined && value !== ""));
  // Go's names of the fields that have another one in JSON: for templates only.
  return hidden(fields, { Time: seconds, TimeNano: event.timeNano, Network: event.network ?? "", HealthStatus: event.healthStatus ?? "", ID: event.id ?? "", Image: event.image ?? "", Name: event.name ?? "", Error: event.error ?? "", PodID: event.podId ?? "", ContainerInspectData: event.inspectData ?? "", ContainerExitCode: event.containerExitCode });
}

function hidden(fields: Record<string, unknown>, extra: Readonly<Record<string, unknown>>): object {
  for (const [name, value] of Object.entries(extra)) if (!(name in fields)) Object.defineProperty(fields, name, { value, enumerable: false });
  return fields;
}

/** The line for people: `time type status id (name=…, …)`. */
export function eventText(event: EventRecord, isShort: boolean): string {
  const id = isShort ? (event.id ?? "").slice(0, 12) : event.id ?? "";
  const time = goTime(event.time);
  const head = `${time} ${event.type} ${event.status}`;
  switch (event.type) {
    case "container": return `${head} ${id} (image=${event.image ?? ""}, name=${event.name ?? ""}${containerDetails(event)})`;
    case "pod": return `${head} ${id} (image=${event.image ?? ""}, name=${event.name ?? ""}${attributes(event)})`;
    case "network": return event.status === "create" || event.status === "remove"
      ? `${head} ${event.id ?? ""} (name=${event.network ?? ""}, type=${event.attributes["driver"] ?? ""})` : `${head} ${id} (container=${id}, name=${event.network ?? ""})`;
    case "image": return `${head} ${id} ${event.name ?? ""}${event.error === undefined ? "" : ` ${event.error}`}`;
    case "secret": return `${head} ${id}`;
    default: return event.name === undefined || event.name === "" ? head : `${head} ${event.name}`;
  }
}

function containerDetails(event: EventRecord): string {
  const pod = event.podId === undefined || event.podId === "" ? "" : `, pod_id=${event.podId}`;
  const health = event.status === "health_status" ? `, health_status=${event.healthStatus ?? ""}, health_failing_streak=${event.healthFailingStreak ?? 0}, health_log=${event.healthLog ?? ""}` : "";
  return `${pod}${health}${attributes(event)}`;
}
const attributes = (event: EventRecord): string => Object.entries(event.attributes).map(([key, value]) => `, ${key}=${value}`).join("");

/** `2026-11-23 10:11:12.123456789 +0100 CET`, with the offset for the zone's name where it has none. */
function goTime(rfc3339: string): string {
  const match = /^(\S+)T([\d:]+(?:\.\d+)?)(Z|[+-]\d\d:\d\d)$/.exec(rfc3339);
  if (match === null) return rfc3339;
  const zone = match[3] === "Z" || match[3] === "+00:00" ? "+0000 UTC" : `${(match[3] ?? "").replace(":", "")} ${(match[3] ?? "").replace(":", "")}`;
  return `${match[1]} ${match[2]} ${zone}`;
}
