/** The OCI runtime under conmon: create, start, signals, state. One object per runtime binary; it keeps no state. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import { callRuntime, lastLine, mustCall, type RuntimeCaller } from "./call.ts";
import { createArgv, type ConmonRequest } from "./conmon/argv.ts";
import { joinCgroup, joinScope, ownsCurrentCgroup } from "./conmon/cgroup.ts";
import { spawnConmon, type RunningConmon } from "./conmon/spawn.ts";
import { startExec } from "./exec.ts";
import { probe } from "./probe.ts";
import { restoreNull } from "./host-null.ts";
import { configFileOf, conmonPidFileOf, ociLogOf, pidFileOf, prepareDirectories, readPid, writeJson } from "./prepare.ts";
import { removeReachableRoot, withReachableRoot } from "./reachable-root.ts";
import type { Spec } from "./spec/types.ts";
import type { CheckpointProcess, CreatedProcess, CreateProcess, OciRuntime, RuntimeStatus } from "./types.ts";

/** What `open.ts` resolved. */
export interface RuntimeFacts extends RuntimeCaller {
  readonly conmonPath: string;
  /** Environment of conmon, and through it of the runtime. */
  readonly conmonEnvironment: Readonly<Record<string, string>>;
  readonly supportsJson: boolean;
  readonly logSizeMaxBytes: number;
  readonly keyring: boolean;
  readonly noPivot: boolean;
  readonly rootless: boolean;
  /** The user outside. */
  readonly uid: number;
  /** For the roots of containers in user namespaces. */
  readonly tmpDir: string;
}

export function createRuntime(facts: RuntimeFacts): OciRuntime {
  return {
    name: facts.name,
    path: facts.path,
    create: (request) => create(facts, request),
    exec: (request) => startExec(facts, request),
    probe: (request) => probe(facts, request),
    start: async (id) => { await mustCall(facts, ["start", id], `starting container ${id}`); },
    kill: (id, signal, all = false) => kill(facts, id, signal, all),
    pause: async (id) => { await mustCall(facts, ["pause", id], `pausing container ${id}`); },
    resume: async (id) => { await mustCall(facts, ["resume", id], `resuming container ${id}`); },
    delete: (id, force = false) => remove(facts, id, force),
    status: (id) => readStatus(facts, id),
    canCheckpoint: async () => (await callRuntime(facts, ["checkpoint", "--help"])).status === 0,
    checkpoint: (request) => checkpoint(facts, request),
    update: (id, resources) => update(facts, id, resources),
  };
}

async function create(facts: RuntimeFacts, request: CreateProcess): Promise<CreatedProcess> {
  const { paths, id } = request;
  const making = Promise.resolve(request.spec);
  making.catch(() => { /* thrown where it is awaited; it may fail before */ });
  prepareDirectories(paths, id);
  const conmon = await startConmon(facts, request);
  const joined = enterCgroup(facts, request, conmon.firstPid);
  let spec: Spec;
  try {
    spec = withReachableRoot(await making, facts, id);
    await joined;
    writeJson(configFileOf(paths), spec);
  } catch (error) {
    await conmon.abandon();
    throw error;
  }
  try {
    return await follow(facts, request, spec, conmon);
  } catch (error) {
    // conmon reported, but the runtime may have left a half-made container behind.
    await remove(facts, id, true).catch(() => undefined);
    throw error;
  }
}

async function startConmon(facts: RuntimeFacts, request: CreateProcess): Promise<RunningConmon> {
  const { paths } = request;
  const conmon = conmonRequest(facts, request);
  return spawnConmon({
    conmonPath: facts.conmonPath,
    argv: createArgv(conmon, {
      conmonPidFile: conmonPidFileOf(paths), timeoutSeconds: request.timeoutSeconds ?? 0, noNewKeyring: !facts.keyring, noPivot: facts.noPivot, syncLog: request.syncLog ?? true,
      ...(request.restore === undefined ? {} : { restore: request.restore }),
      ...(request.sdnotifySocket === undefined ? {} : { sdnotifySocket: request.sdnotifySocket }),
    }),
    environment: { ...facts.conmonEnvironment, ...request.environment },
    runtimeName: facts.name,
    ...(conmon.ociLog === undefined ? {} : { ociLog: conmon.ociLog }),
    passthrough: request.logDriver.startsWith("passthrough"),
    preserved: preservedFds(request.preserveFds ?? 0, request.preserveFd),
    heldFds: request.heldFds ?? [],
    withAttach: false,
  });
}

/** From the go-ahead to a container that waits for its start. */
async function follow(facts: RuntimeFacts, request: CreateProcess, spec: Spec, running: RunningConmon): Promise<CreatedProcess> {
  try {
    running.go();
    request.meanwhile?.();
    const scope = running.forked().then(async () => enterScope(facts, request));
    const pid = await running.pid();
    if (!facts.rootless && spec.linux.uidMappings !== undefined) restoreNull();
    await scope;
    return { pid, conmonPid: readPid(conmonPidFileOf(request.paths)) };
  } finally { running.close(); }
}

/** A systemd unit keeps its monitors: stopping it ends them, and its main process is found. */
const isService = ({ conmonEnvironment }: RuntimeFacts): boolean => (conmonEnvironment["INVOCATION_ID"] ?? "") !== "";

async function enterCgroup(facts: RuntimeFacts, request: CreateProcess, pid: number): Promise<void> {
  if (request.conmonCgroup === undefined || isService(facts)) return;
  if (!request.systemdCgroup) await joinCgroup(request.conmonCgroup, pid);
  else if (mustLeaveSession(facts)) await joinScope({ pid, slice: request.conmonCgroup, unit: `libpod-conmon-${request.id}.scope`, isUser: true });
}

/** A login session's cgroup is root's: nothing started from there could be moved into a container's, and that is what the runtime does. */
export const mustLeaveSession = ({ rootless }: RuntimeFacts): boolean => rootless && !ownsCurrentCgroup();

async function enterScope(facts: RuntimeFacts, request: CreateProcess): Promise<void> {
  if (request.conmonCgroup === undefined || !request.systemdCgroup || isService(facts) || mustLeaveSession(facts)) return;
  const pid = readPid(conmonPidFileOf(request.paths));
  if (pid > 0) await joinScope({ pid, slice: request.conmonCgroup, unit: `libpod-conmon-${request.id}.scope`, isUser: facts.rootless });
}

function conmonRequest(facts: RuntimeFacts, request: CreateProcess): ConmonRequest {
  const { paths } = request;
  const preserved = preservedFds(request.preserveFds ?? 0, request.preserveFd);
  return {
    containerId: request.id, sessionId: request.id, name: request.name, runtimePath: facts.path,
    runtimeFlags: [...facts.flags, ...request.runtimeFlags ?? []],
    bundle: paths.bundle, pidFile: request.pidFile ?? pidFileOf(paths), exitDir: paths.exitDir, persistDir: paths.persistDir,
    logDriver: request.logDriver, logPath: paths.logPath, logSizeMaxBytes: request.logSizeMaxBytes ?? facts.logSizeMaxBytes,
    ...(request.logTag === undefined ? {} : { logTag: request.logTag }),
    ...(facts.supportsJson ? { ociLog: ociLogOf(paths) } : {}),
    systemdCgroup: request.systemdCgroup, noCgroups: request.noCgroups ?? false, terminal: request.terminal, stdin: request.stdin,
    preserveFds: preserved.length, exitCommand: request.exitCommand, exitDelaySeconds: request.exitDelaySeconds ?? 0,
  };
}

/** `--preserve-fds=N` keeps 3…2+N; `--preserve-fd=a,b` keeps just those, in their places. */
export function preservedFds(count: number, single: readonly number[] = []): boolean[] {
  if (single.length === 0) return Array.from({ length: count }, () => true);
  const lowest = Math.min(...single);
  if (lowest < 3) throw new EngineError("invalid-argument", `cannot preserve FD ${lowest}, consider using the passthrough log-driver to pass STDIO streams into the container: invalid argument`);
  return Array.from({ length: Math.max(count, Math.max(...single) - 2) }, (_, index) => single.includes(index + 3));
}

async function kill(facts: RuntimeFacts, id: string, signal: number, all: boolean): Promise<void> {
  const result = await callRuntime(facts, ["kill", ...(all ? ["--all"] : []), id, String(signal)]);
  if (result.status === 0) return;
  const status = await readStatus(facts, id);
  if (status === "stopped" || status === "absent") {
    throw new EngineError("failed-precondition", `sending signal to container ${id}: container state improper`, { reason: "container-not-running" });
  }
  throw new EngineError("internal", `sending signal to container ${id}: ${facts.name}: ${lastLine(result.stderr)}`);
}

async function remove(facts: RuntimeFacts, id: string, force: boolean): Promise<void> {
  const result = await callRuntime(facts, ["delete", ...(force ? ["--force"] : []), id]);
  if (result.status === 0 || await readStatus(facts, id) === "absent") return removeReachableRoot(facts, id);
  throw new EngineError("internal", `removing container ${id} from runtime ${facts.name}: ${lastLine(result.stderr)}`);
}

async function checkpoint(facts: RuntimeFacts, { id, imagePath, workPath, ...options }: CheckpointProcess): Promise<void> {
  await mustCall(facts, [
    "checkpoint", "--image-path", imagePath, "--work-path", workPath,
    ...(options.leaveRunning === true ? ["--leave-running"] : []), ...(options.tcpEstablished === true ? ["--tcp-established"] : []), ...(options.fileLocks === true ? ["--file-locks"] : []),
    ...(options.preDump === true ? ["--pre-dump"] : []), ...(options.parentPath === undefined ? [] : ["--parent-path", options.parentPath]), id,
  ], `checkpointing container ${id}`);
}

const statuses: readonly RuntimeStatus[] = ["creating", "created", "running", "paused", "stopped"];

async function readStatus(facts: RuntimeFacts, id: string): Promise<RuntimeStatus> {
  const result = await callRuntime(facts, ["state", id], true);
  if (result.status !== 0) return "absent";
  const state: unknown = JSON.parse(result.stdout);
  const status = typeof state === "object" && state !== null && "status" in state ? state.status : undefined;
  return statuses.find((known) => known === status) ?? "absent";
}

async function update(facts: RuntimeFacts, id: string, resources: unknown): Promise<void> {
  const file = join("/tmp", `podman-${newId().slice(0, 12)}`);
  writeJson(file, resources);
  try {
    await mustCall(facts, ["update", `--resources=${file}`, id], `updating container ${id}`);
  } finally { rmSync(file, { force: true }); }
}
