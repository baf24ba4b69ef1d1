/** Messages of --log-level in logrus' text form, on standard error. */
import { goQuote } from "../formats/go/quote.ts";
import { zoneOffsetMinutes } from "../sys/clock.ts";
import { standardError } from "./context.ts";

const order = ["trace", "debug", "info", "warn", "error", "fatal", "panic"] as const;
export type LogLevel = (typeof order)[number];
export type Log = (level: LogLevel, message: string) => Promise<void>;

/** A log that writes messages of `threshold` and above. */
export function logger(threshold: string): Log {
  const from = order.findIndex((level) => level === (threshold === "warning" ? "warn" : threshold));
  return async (level, message) => {
    if (order.indexOf(level) < from) return;
    await standardError().write(`time=${goQuote(timestamp(new Date()))} level=${level} msg=${goQuote(message)}\n`);
  };
}

/** Local time with offset, to the second. */
function timestamp(now: Date): string {
  const minutes = zoneOffsetMinutes(now.getTime());
  const local = new Date(now.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  if (minutes === 0) return `${local}Z`;
  const absolute = Math.abs(minutes);
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(absolute / 60)}:${two(absolute % 60)}`;
}
