// @table
/** Signals by name without SIG (Linux, asm-generic), and Podman's way of reading them. */
import { EngineError } from "./errors.ts";

export const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1, INT: 2, QUIT: 3, ILL: 4, TRAP: 5, ABRT: 6, IOT: 6, BUS: 7, FPE: 8, KILL: 9, USR1: 10, SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15,
  STKFLT: 16, CHLD: 17, CLD: 17, CONT: 18, STOP: 19, TSTP: 20, TTIN: 21, TTOU: 22, URG: 23, XCPU: 24, XFSZ: 25, VTALRM: 26, PROF: 27, WINCH: 28,
  IO: 29, POLL: 29, PWR: 30, SYS: 31,
  RTMIN: 34, ...Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`RTMIN+${index + 1}`, 35 + index])),
  ...Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`RTMAX-${14 - index}`, 50 + index])), RTMAX: 64,
};

const maxSignal = 64;

/** `KILL`, `SIGKILL`, `sigkill`, `-KILL`, `9`. @throws invalid-argument with Podman's sentences */
export function parseSignal(raw: string): number {
  const text = raw.startsWith("-") ? raw.slice(1) : raw;
  const invalid = (): EngineError => new EngineError("invalid-argument", `invalid signal: ${text}`);
  if (/^[+-]?\d+$/.test(text)) {
    const number = Number(text);
    if (number === 0) throw invalid();
    if (number < 1 || number > maxSignal) throw new EngineError("invalid-argument", "valid signals are 1 through 64");
    return number;
  }
  const number = signalNumbers[text.toUpperCase().replace(/^SIG/, "")];
  if (number === undefined) throw invalid();
  return number;
}

/** `SIGTERM`; the number itself for one without a name. */
export function signalName(number: number): string {
  const found = Object.entries(signalNumbers).find(([, value]) => value === number);
  return found === undefined ? String(number) : `SIG${found[0]}`;
}
