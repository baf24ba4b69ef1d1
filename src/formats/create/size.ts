/** Sizes and durations as users type them (docker/go-units RAMInBytes, Go time.ParseDuration). Pure. */
import { EngineError } from "../../base/errors.ts";

const unitPowers: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** `64m`, `1.5GiB`, `4096` → bytes, powers of 1024. @throws invalid-argument `invalid size: '…'` */
export function parseSize(text: string): number { return parseWith(text, 1024); }

function parseWith(text: string, base: number): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text);
  const power = unitPowers[(match?.[2] ?? "").toLowerCase()];
  if (match?.[1] === undefined || power === undefined) throw new EngineError("invalid-argument", `invalid size: '${text}'`);
  return Math.trunc(Number(match[1]) * base ** power);
}

/** The same with powers of 1000 (docker/go-units FromHumanSize), for logs. */
export function parseDecimalSize(text: string): number { return parseWith(text, 1000); }

/** Like `parseSize`, and `-1` for unlimited. */
export function parseSizeOrUnlimited(text: string): number {
  return text === "-1" ? -1 : parseSize(text);
}

const nanosPerUnit: Readonly<Record<string, number>> = { ns: 1, us: 1e3, "µs": 1e3, "μs": 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Go's duration syntax (`1h30m`, `500ms`, `0`) → nanoseconds. @throws invalid-argument `time: invalid duration "…"` */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  const sign = text.startsWith("-") ? -1 : 1;
  const body = text.replace(/^[+-]/, "");
  if (body === "" || !/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) {
    const lacksUnit = /^(?:\d+\.?\d*|\.\d+)$/.test(body);
    throw new EngineError("invalid-argument", lacksUnit ? `time: missing unit in duration "${text}"` : `time: invalid duration "${text}"`);
  }
  let total = 0;
  for (const [, value, unit] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) total += Number(value) * (nanosPerUnit[unit ?? ""] ?? 0);
  return sign * Math.round(total);
}
