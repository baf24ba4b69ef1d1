/**
 * Starts conmon and follows it until the container (or exec session) exists. conmon forks at once: the process that we start
 * ends, its child is the monitor and belongs to init.
 */
import { closeSync } from "node:fs";
import { EngineError } from "../../base/errors.ts";
import { memoryFile, readAt } from "../../sys/index.ts";
import { readRuntimeLog, runtimeError } from "../errors.ts";
import { openStartPipe, openSyncPipe, type StartPipe, type SyncLine, type SyncPipe } from "./sync.ts";

export interface ConmonSpawn {
  readonly conmonPath: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly runtimeName: string;
  readonly ociLog?: string;
  /** stdin, stdout and stderr go through to the container (log drivers passthrough and passthrough-tty). */
  readonly passthrough: boolean;
  /** Descriptors 3 and up of ours that the container keeps; false leaves a hole. */
  readonly preserved: readonly boolean[];
  /** Further descriptors that conmon only keeps open. */
  readonly heldFds?: readonly number[];
  /** An exec session: conmon also tells when its attach socket is there, and waits once more. */
  readonly withAttach: boolean;
  readonly cwd?: string;
}

export interface RunningConmon {
  /** The first process, which waits for `go` before it does anything but read its command line. */
  readonly firstPid: number;
  /** Lets it open its files, fork and call the runtime. */
  go(): void;
  /** Instead of `go`: ends it. */
  abandon(): Promise<void>;
  /** Exec only: resolves when the attach socket can be connected. */
  attachReady(): Promise<void>;
  /** Exec only: lets the command start. */
  release(): void;
  /** pid of the container's (or session's) process. @throws EngineError as the runtime says */
  pid(): Promise<number>;
  /** Resolves when the first conmon process has forked and ended, and its pid file is complete. */
  forked(): Promise<void>;
  close(): void;
}

/** Starts conmon, which then waits for `go`: what it needs can be made beside its start. @throws EngineError conmon-missing */
export async function spawnConmon(request: ConmonSpawn): Promise<RunningConmon> {
  const sync = await openSyncPipe();
  const start = openStartPipe(closeSync);
  const attach = request.withAttach ? await openSyncPipe() : undefined;
  const stderr = memoryFile("conmon-stderr");
  const close = (): void => { for (const pipe of [sync, start, attach]) pipe?.close(); closeSync(stderr); };
  try {
    const child = spawn(request, sync, start, attach, stderr);
    return running({ request, child, sync, start, attach, stderr }, close);
  } catch (error) {
    close();
    throw new EngineError("internal", `starting conmon "${request.conmonPath}": ${error instanceof Error ? error.message : String(error)}`, { cause: error, reason: "conmon-missing" });
  } finally {
    for (const pipe of [sync, start, attach]) if (pipe !== undefined) closeSync(pipe.theirs);
  }
}

interface Child { readonly pid: number; readonly exited: Promise<number>; kill(signal: number): void }
function spawn(request: ConmonSpawn, sync: SyncPipe, start: StartPipe, attach: SyncPipe | undefined, stderr: number): Child {
  const first = 3 + request.preserved.length;
  const stdio = request.passthrough ? ["inherit", "inherit", "inherit"] : ["ignore", "ignore", stderr];
  const fds = [...request.preserved.map((keep, index) => keep ? index + 3 : "ignore"), sync.theirs, start.theirs, ...(attach === undefined ? [] : [attach.theirs]), ...request.heldFds ?? []];
  return Bun.spawn([request.conmonPath, ...request.argv], {
    stdio: [...stdio, ...fds] as never,
    detached: true,
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    env: {
      ...request.environment,
      _OCI_SYNCPIPE: String(first), _OCI_STARTPIPE: String(first + 1),
      ...(attach === undefined ? {} : { _OCI_ATTACHPIPE: String(first + 2) }),
    },
  });
}

const sigKill = 9;

interface Parts {
  readonly request: ConmonSpawn; readonly child: Child; readonly sync: SyncPipe; readonly start: StartPipe;
  readonly attach: SyncPipe | undefined; readonly stderr: number;
}
function running(parts: Parts, close: () => void): RunningConmon {
  let isOpen = true;
  const closeOnce = (): void => { if (isOpen) { isOpen = false; close(); } };
  return {
    firstPid: parts.child.pid,
    go: () => { parts.start.signal(); },
    abandon: async () => {
      // Before the pipe closes: to conmon its end means to go on.
      parts.child.kill(sigKill);
      await parts.child.exited;
      closeOnce();
    },
    attachReady: async () => {
      const line = await parts.attach?.next();
      if (line === undefined || line.data < 0) throw await failure(parts, line);
    },
    release: () => { parts.start.signal(); },
    pid: async () => {
      const line = await parts.sync.next();
      if (line === undefined || line.data < 0) throw await failure(parts, line);
      return line.data;
    },
    forked: async () => { await parts.child.exited; },
    close: closeOnce,
  };
}

/** Most telling first: the runtime's own log, what conmon passed on, what conmon printed. */
async function failure({ request, child, stderr }: Parts, line: SyncLine | undefined): Promise<EngineError> {
  const logged = request.ociLog === undefined ? undefined : readRuntimeLog(request.ociLog);
  if (logged !== undefined) return runtimeError(request.runtimeName, logged);
  if (line !== undefined && line.message !== "") return runtimeError(request.runtimeName, line.message);
  const status = await child.exited;
  const printed = readAt(stderr, 0, 8192).toString("utf8").trim();
  if (status !== 0) return new EngineError("internal", `conmon failed: exit status ${status}${printed === "" ? "" : `: ${printed}`}`);
  return new EngineError("internal", `container create failed (no logs from conmon)${printed === "" ? "" : `: ${printed}`}`);
}
