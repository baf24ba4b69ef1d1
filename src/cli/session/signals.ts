/** Signals of the terminal and of scripts, handed on to a container (`--sig-proxy`). */
import { constants } from "node:os";
import { isEngineError } from "../../base/errors.ts";
import type { TerminalSize } from "./terminal.ts";

/** Not handed on: the kernel's own business, the runtime's, or without effect. As podman. */
const kept = new Set(["SIGKILL", "SIGSTOP", "SIGCHLD", "SIGPIPE", "SIGURG", "SIGWINCH", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGABRT", "SIGIOT", "SIGPROF", "SIGCLD", "SIGPOLL", "SIGIO", "SIGUNUSED", "SIGSTKFLT"]);

/** Sends every signal that comes to `send` until disposed. A container that is gone already is no error. */
export function proxySignals(send: (signal: string) => Promise<unknown>, report: (error: unknown) => void): Disposable {
  const names = (Object.keys(constants.signals) as NodeJS.Signals[]).filter((name) => !kept.has(name));
  const forward = (name: NodeJS.Signals): void => {
    void send(name).catch((error: unknown) => {
      if (!isEngineError(error, "container-not-running") && !isEngineError(error, "not-found") && !isEngineError(error, "container-state")) report(error);
    });
  };
  const listened = names.filter((name) => listen(name, forward));
  return { [Symbol.dispose]: () => { for (const name of listened) process.off(name, forward); } };
}

/** Some signals cannot be caught on some systems (real-time ones below the C library's first). */
function listen(name: NodeJS.Signals, forward: (name: NodeJS.Signals) => void): boolean {
  try { process.on(name, forward); return true; } catch { return false; }
}

/** Calls `resize` now and whenever the terminal changes its size, until disposed. */
export function followSize(size: () => TerminalSize | undefined, resize: (rows: number, columns: number) => Promise<unknown>): Disposable {
  const apply = (): void => {
    const now = size();
    if (now === undefined) return;
    // A container that ends meanwhile has no size to set.
    void resize(now.height, now.width).catch(() => undefined);
  };
  process.on("SIGWINCH", apply);
  apply();
  return { [Symbol.dispose]: () => { process.off("SIGWINCH", apply); } };
}
