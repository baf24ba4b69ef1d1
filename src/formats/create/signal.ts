/** Signals by name or number, real-time ones included: `TERM`, `SIGTERM`, `15`, `RTMIN+3`, `SIGRTMAX-1`. Pure. */
import { constants } from "node:os";
import { EngineError } from "../../base/errors.ts";

/** glibc keeps 32 and 33 for itself. */
const realTime = { first: 34, last: 64 } as const;

/** 1 to 64; a dash before it is dropped, as kill(1) writes signals. @throws invalid-argument with podman's sentence */
export function parseSignal(text: string): number {
  const word = text.replace(/^-/, "");
  if (/^\d+$/.test(word)) {
    const value = Number(word);
    if (value < 1 || value > 64) throw new EngineError("invalid-argument", `invalid signal: ${text}`);
    return value;
  }
  const name = word.toUpperCase().replace(/^SIG/, "");
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
