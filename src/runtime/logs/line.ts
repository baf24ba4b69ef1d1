import { zoneOffsetMinutes } from "../../sys/clock.ts";

/**
 * One line of a k8s-file log, as conmon writes it: `<time> <stream> <P|F> <message>`. A partial line (P) has no end of line in
 * the output; its continuation follows. Messages are bytes: a container may print anything.
 */
export interface LogLine {
  readonly stream: "stdout" | "stderr";
  readonly isPartial: boolean;
  /** As Podman prints it: nanoseconds, `Z` for UTC, else the offset in the file. */
  readonly time: string;
  readonly timeNanos: bigint;
  readonly message: Uint8Array;
}

const space = 0x20;

/** undefined for what is no log line; such lines are left out, as Podman does. */
export function parseLine(bytes: Uint8Array): LogLine | undefined {
  const first = bytes.indexOf(space);
  const second = bytes.indexOf(space, first + 1);
  const third = bytes.indexOf(space, second + 1);
  if (first < 0 || second < 0 || third < 0) return undefined;
  const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString("latin1");
  const stream = text(first + 1, second);
  const timeText = text(0, first);
  const timeNanos = parseTime(timeText);
  if (timeNanos === undefined || (stream !== "stdout" && stream !== "stderr")) return undefined;
  return { stream, isPartial: text(second + 1, third) === "P", time: showTime(timeText), timeNanos, message: bytes.subarray(third + 1) };
}

const timePattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Nanoseconds since the epoch of an RFC 3339 time. */
export function parseTime(text: string): bigint | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [, seconds = "", fraction = "", zone = "Z"] = match;
  const millis = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(millis) ? undefined : BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function showTime(text: string): string {
  const [, seconds = "", fraction = "", zone = "Z"] = timePattern.exec(text) ?? [];
  return `${seconds}.${fraction.padEnd(9, "0")}${zone === "+00:00" ? "Z" : zone}`;
}

/** Nanoseconds since the epoch, in this machine's time zone, as Podman prints times of the journal. */
export function formatNanos(nanos: bigint): string {
  const date = new Date(Number(nanos / 1_000_000n));
  const offset = zoneOffsetMinutes(date.getTime());
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, "0");
  const zone = offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  return `${local}.${String(nanos % 1_000_000_000n).padStart(9, "0")}${zone}`;
}

export interface LineFormat {
  /** Name or short id in front, with several containers. */
  readonly prefix?: string;
  readonly timestamps?: boolean;
  /** Index of the container, for --color. */
  readonly color?: number;
}

const colors: readonly string[] = ["\u001b[37m", "\u001b[31m", "\u001b[33m", "\u001b[34m", "\u001b[35m", "\u001b[36m", "\u001b[32m"];

/** What goes to stdout or stderr for a line: its end of line included unless the line is partial. */
export function formatLine(line: LogLine, { prefix, timestamps = false, color }: LineFormat = {}): Uint8Array {
  const start = `${prefix === undefined ? "" : `${prefix} `}${timestamps ? `${line.time} ` : ""}`;
  const [on, off] = color === undefined ? ["", ""] : [colors[color % colors.length] ?? "", "\u001b[0m"];
  return Buffer.concat([Buffer.from(on + start), line.message, Buffer.from(off + (line.isPartial ? "" : "\n"))]);
}
