/** The journal as event log: native protocol of systemd-journald (systemd.journal-fields(7), "Native Journal Protocol"), field names as Podman's. */
import type { EventRecord } from "../contract/types/event.ts";
import { sendDatagram } from "../sys/index.ts";
import { parseTime } from "./encode.ts";

const socketPath = "/run/systemd/journal/socket";

const infoPriority = "6";
/** The unit of a health check shows nothing below: it would fill the journal. */
const noticePriority = "5";

/** @throws SysError ENOENT without a journal */
export function writeToJournal(event: EventRecord): void {
  const fields: Record<string, string | undefined> = {
    MESSAGE: messageOf(event), PRIORITY: event.status === "health_status" ? noticePriority : infoPriority, SYSLOG_IDENTIFIER: "podman",
    PODMAN_EVENT: event.status, PODMAN_TYPE: event.type, PODMAN_TIME: event.time,
    PODMAN_IMAGE: event.image, PODMAN_NAME: event.name, PODMAN_ID: event.id,
    PODMAN_EXIT_CODE: event.containerExitCode === undefined ? undefined : String(event.containerExitCode),
    PODMAN_POD_ID: event.podId, PODMAN_NETWORK_NAME: event.network, PODMAN_HEALTH_STATUS: event.healthStatus, PODMAN_HEALTH_LOG: event.healthLog,
    PODMAN_HEALTH_FAILING_STREAK: event.healthFailingStreak === undefined ? undefined : String(event.healthFailingStreak),
    PODMAN_LABELS: Object.keys(event.attributes).length === 0 ? undefined : JSON.stringify(event.attributes),
    PODMAN_CONTAINER_INSPECT_DATA: event.inspectData, ERROR: event.error,
  };
  sendDatagram(socketPath, Buffer.concat(Object.entries(fields).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [encodeField(name, value)]))));
}

/** One line, or with a newline inside: name, length as 64 bits little-endian, value. */
function encodeField(name: string, value: string): Buffer {
  if (!value.includes("\n")) return Buffer.from(`${name}=${value}\n`);
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, Buffer.from("\n")]);
}

/** The sentence of `podman events`. */
export function messageOf(event: EventRecord): string {
  const { type, status, id = "", name = "", image = "", attributes, time } = event;
  if (type === "container" || type === "pod") return `${time} ${type} ${status} ${id} (image=${image}, name=${name}${Object.entries(attributes).map(([key, value]) => `, ${key}=${value}`).join("")})`;
  return `${time} ${type} ${status} ${id === "" ? name : `${id} ${name}`}`.trimEnd();
}

/** A line of `journalctl --output=json`. undefined for one that is no event. */
export function decodeJournal(line: string): EventRecord | undefined {
  const fields = parseFields(line);
  const { PODMAN_EVENT: status, PODMAN_TYPE: type, PODMAN_TIME: time } = fields;
  if (status === undefined || type === undefined || time === undefined) return undefined;
  const some = <K extends string>(key: K, field: string): Record<K, string> | object => (fields[field] === undefined ? {} : { [key]: fields[field] });
  return {
    type, status, time, timeNano: String(parseTime(time)), attributes: fields["PODMAN_LABELS"] === undefined ? {} : JSON.parse(fields["PODMAN_LABELS"]) as Record<string, string>,
    ...some("id", "PODMAN_ID"), ...some("name", "PODMAN_NAME"), ...some("image", "PODMAN_IMAGE"), ...some("podId", "PODMAN_POD_ID"), ...some("network", "PODMAN_NETWORK_NAME"),
    ...some("healthStatus", "PODMAN_HEALTH_STATUS"), ...some("healthLog", "PODMAN_HEALTH_LOG"), ...some("error", "ERROR"), ...some("inspectData", "PODMAN_CONTAINER_INSPECT_DATA"),
    ...(fields["PODMAN_EXIT_CODE"] === undefined ? {} : { containerExitCode: Number(fields["PODMAN_EXIT_CODE"]) }),
    ...(fields["PODMAN_HEALTH_FAILING_STREAK"] === undefined ? {} : { healthFailingStreak: Number(fields["PODMAN_HEALTH_FAILING_STREAK"]) }),
  };
}

function parseFields(line: string): Readonly<Record<string, string | undefined>> {
  try { return JSON.parse(line) as Record<string, string | undefined>; } catch { return {}; }
}
