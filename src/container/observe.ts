/**
 * What a container's state really is now. The row says what the last writer knew; since then the process may have ended, the
 * monitor may have been killed, the machine may have rebooted. Readers derive the truth here without a lock and without
 * writing; who holds the lock writes it down (sync.ts).
 */
import { readFileSync } from "node:fs";
import { isProcessAlive } from "../sys/index.ts";
import type { EngineContext } from "../engine/context.ts";
import { readExit } from "../runtime/exit.ts";
import { pathsOf } from "./paths.ts";
import { changed, isAlive, type ContainerRecord, type ContainerState, type ContainerStatus, type StateChange } from "./record.ts";

/** Keys of the state that describe one run, and are gone after it. */
export const noRun = {
  pid: undefined, conmonPid: undefined, netnsPath: undefined, mountPoint: undefined, networkStatus: undefined, cgroupPath: undefined, preparing: undefined, healthTimer: undefined,
} as const;

/** The record with its present state. `exitedUnseen`: it ended and nobody has written that down. */
export interface Observed { readonly record: ContainerRecord; readonly exitedUnseen: boolean; readonly rebooted: boolean }

/** `thorough` also tells a process that ended and was not reaped from a live one; it reads two more files. */
export function observe(context: EngineContext, record: ContainerRecord, thorough = false): Observed {
  const { state } = record;
  if (state.bootId !== undefined && state.bootId !== context.bootMark()) return { record: { ...record, state: afterReboot(state) }, exitedUnseen: false, rebooted: true };
  if (!isAlive(state.status) && state.status !== "initialized") return { record, exitedUnseen: false, rebooted: false };
  const end = endOf(context, record, thorough);
  if (end === undefined) return { record, exitedUnseen: false, rebooted: false };
  return { record: { ...record, state: changed(state, { ...end, status: "stopped" }) }, exitedUnseen: true, rebooted: false };
}

/** For readers: `stopped` (ended, clean-up to come) is shown as `exited`. */
export function present(context: EngineContext, record: ContainerRecord): ContainerRecord {
  const { record: now } = observe(context, record);
  return now.state.status === "stopped" ? { ...now, state: { ...now.state, status: "exited" } } : now;
}


/** undefined while it lives. conmon writes the exit file before it ends, so its death is looked at first. */
function endOf(context: EngineContext, record: ContainerRecord, thorough: boolean): StateChange | undefined {
  const { pid, conmonPid } = record.state;
  const lives = (one: number | undefined): boolean => one !== undefined && isProcessAlive(one) && !(thorough && isZombie(one));
  const conmonLives = lives(conmonPid);
  const exit = readExit(pathsOf(context, record), record.id);
  if (exit !== undefined) {
    return { exitCode: exit.exitCode, finishedAt: exit.finishedAt.toISOString(), ...(exit.oomKilled ? { oomKilled: true } : {}), pid: undefined, conmonPid: undefined };
  }
  if (conmonLives || lives(pid)) return undefined;
  return {
    exitCode: -1, finishedAt: new Date().toISOString(), pid: undefined, conmonPid: undefined,
    error: "conmon died without writing exit file, container exit code could not be retrieved",
  };
}

/** Ended, with a parent that does not care: init of a small container around us, when conmon was killed. */
function isZombie(pid: number): boolean {
  try { return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")); } catch { return true; }
}

/**
 * Nothing runs and nothing is mounted; what ran before has exited, what never ran is as created. `preparing`: should only our tmp
 * directory be new, then the old run is still there, and the next start ends it.
 */
function afterReboot(state: ContainerState): ContainerState {
  return changed(state, { ...noRun, preparing: true, status: statusAfterReboot(state.status), health: undefined, restartCount: undefined, stoppedByUser: undefined, restartPending: undefined, bootId: undefined });
}

function statusAfterReboot(status: ContainerStatus): ContainerStatus {
  if (status === "created" || status === "initialized") return "created";
  return status === "removing" ? "removing" : "exited";
}
