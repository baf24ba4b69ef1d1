import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { isErrno } from "../base/errors.ts";
import type { Writer } from "./kit/types.ts";

/** Status of a shell for a program that SIGPIPE ended: what a reader that went away (`| head`) makes of every Go program. */
const brokenPipeStatus = 141;

/**
 * A writer over a descriptor. Writes go out at once and in order, whole; a full non-blocking pipe is waited for. When the
 * reader is gone the process ends quietly, as Podman does by SIGPIPE: every state on disk is safe against that.
 */
export function descriptorWriter(fd: number, columns: () => number | undefined): Writer {
  return {
    get isTerminal() { return isTerminal(fd); },
    get columns() { return columns() ?? 80; },
    async write(text) {
      let rest: Uint8Array = typeof text === "string" ? Buffer.from(text) : text;
      for (let delay = 1; rest.length > 0;) {
        const written = attempt(fd, rest);
        rest = rest.subarray(written);
        if (written > 0) { delay = 1; continue; }
        await Bun.sleep(delay);
        delay = Math.min(delay * 2, 50);
      }
    },
  };
}

/** node:tty brings Node's streams with it (4 ms), so it is asked only about what may be a terminal: a character device. */
function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && (process.getBuiltinModule("node:tty")).isatty(fd);
  } catch { return false; }
}

/** Bytes written; 0 when the descriptor cannot take more now. */
function attempt(fd: number, data: Uint8Array): number {
  try {
    return writeSync(fd, data);
  } catch (error) {
    if (isErrno(error, "EAGAIN", "EINTR")) return 0;
    if (isErrno(error, "EPIPE")) process.exit(brokenPipeStatus);
    throw error;
  }
}

/** Opens `--out FILE` (created, emptied), or /dev/null for `--noout`. */
export function fileWriter(path: string): Writer & { close: () => void } {
  const fd = openSync(path, constants.O_CREAT | constants.O_WRONLY | constants.O_TRUNC, 0o777);
  return Object.assign(descriptorWriter(fd, () => undefined), { close: () => { closeSync(fd); } });
}
