/** One event as a line of the log file: Podman's JSON, so that both engines read one log. */
import type { EngineEvent, EventRecord } from "../contract/types/event.ts";
import { zoneOffsetMinutes } from "../sys/clock.ts";

/** Go's field names; absent when empty. */
interface FileEvent {
  readonly ContainerExitCode?: number;
  readonly ID?: string;
  readonly Image?: string;
  readonly Name?: string;
  readonly network?: string;
  readonly Status: string;
  readonly Time: string;
  readonly Type: string;
  readonly health_status?: string;
  readonly health_log?: string;
  readonly health_failing_streak?: number;
  readonly error?: string;
  readonly ContainerInspectData?: string;
  readonly PodID?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

const nanosPerSecond = 1_000_000_000n;

/** Local time with its offset, nanoseconds without trailing zeros: Go's RFC3339Nano. */
export function formatTime(nanos: bigint): string {
  const date = new Date(Number(nanos / 1_000_000n));
  const offset = zoneOffsetMinutes(date.getTime());
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const fraction = String(nanos % nanosPerSecond).padStart(9, "0").replace(/0+$/, "");
  const two = (value: number): string => String(value).padStart(2, "0");
  const zone = offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${local}${fraction === "" ? "" : `.${fraction}`}${zone}`;
}

/** Nanoseconds since the epoch of an RFC 3339 time. @throws RangeError for no time at all */
export function parseTime(text: string): bigint {
  const match = /^(.*?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const millis = Date.parse(`${match?.[1] ?? text}${match?.[3] ?? ""}`);
  if (Number.isNaN(millis)) throw new RangeError(`not a time: ${text}`);
  return BigInt(millis) * 1_000_000n + BigInt((match?.[2] ?? "").padEnd(9, "0"));
}

export function toRecord(event: EngineEvent, nanos: bigint): EventRecord {
  const { type, status, timeNanos: _time, exitCode, attributes = {}, ...rest } = event;
  return { type, status, time: formatTime(nanos), timeNano: String(nanos), attributes, ...(exitCode === undefined ? {} : { containerExitCode: exitCode }), ...rest };
}

export function encodeLine(event: EventRecord): string {
  const some = <K extends string, V>(key: K, value: V | undefined): Record<K, V> | object => (value === undefined || value === "" ? {} : { [key]: value });
  const line: FileEvent = {
    ...some("ContainerExitCode", event.containerExitCode), ...some("ID", event.id), ...some("Image", event.image), ...some("Name", event.name),
    ...some("network", event.network), Status: event.status, Time: event.time, Type: event.type, ...some("health_status", event.healthStatus),
    ...some("health_log", event.healthLog), ...some("health_failing_streak", event.healthFailingStreak), ...some("error", event.error),
    ...some("ContainerInspectData", event.inspectData), ...some("PodID", event.podId),
    ...(Object.keys(event.attributes).length === 0 ? {} : { Attributes: event.attributes }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** undefined for a line that is none: a log may be cut in the middle of one. */
export function decodeLine(text: string): EventRecord | undefined {
  try {
    const line = JSON.parse(text) as Partial<FileEvent>;
    if (typeof line.Type !== "string" || typeof line.Status !== "string" || typeof line.Time !== "string") return undefined;
    const some = <K extends string, V>(key: K, value: V | undefined): Record<K, V> | object => (value === undefined ? {} : { [key]: value });
    return {
      type: line.Type, status: line.Status, time: line.Time, timeNano: String(parseTime(line.Time)), attributes: line.Attributes ?? {},
      ...some("id", line.ID), ...some("name", line.Name), ...some("image", line.Image), ...some("network", line.network), ...some("podId", line.PodID),
      ...some("containerExitCode", line.ContainerExitCode), ...some("healthStatus", line.health_status), ...some("healthLog", line.health_log),
      ...some("healthFailingStreak", line.health_failing_streak), ...some("error", line.error), ...some("inspectData", line.ContainerInspectData),
    };
  } catch { return undefined; }
}
