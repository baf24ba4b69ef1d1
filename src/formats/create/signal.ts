/** Signals by name or number, real-time ones included: `TERM`, `SIGTERM`, `15`, `RTMIN+3`, `SIGRTMAX-1`. Pure. */
import { constants } from "node:os";
import { EngineError } from "../../base/errors.ts";

/** glibc keeps 32 and 33 for itself. */
const realTime = { first: 34, last: 64 } as const;

/** 1 to 64. @throws invalid-argument with podman's sentences */
export function parseSignal(text: string): number {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    if (value < 1 || value > 64) throw new EngineError("invalid-argument", "valid signals are 1 through 64");
    return value;
  }
  const name = text.toUpperCase().replace(/^SIG/, "");
  const number: number | undefined = constants.signals[`SIG${name}` as NodeJS.Signals] ?? realTimeSignal(name);
  if (number === undefined) throw new EngineError("invalid-argument", `invalid signal: ${text}`);
  return number;
}

function realTimeSignal(name: string): number | undefined {
  const match = /^RTM(IN|AX)(?:([+-])(\d+))?$/.exec(name);
  if (match === null) return undefined;
  const value = (match[1] === "IN" ? realTime.first : realTime.last) + Number(`${match[2] ?? "+"}${match[3] ?? 0}`);
  return value >= realTime.first && value <= realTime.last ? value : undefined;
}
