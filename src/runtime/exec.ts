/** Exec sessions: a conmon of their own, whose attach socket is there before the command starts. */
import { closeSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { connectPacketSocket } from "../sys/index.ts";
import { execArgv, type ConmonRequest } from "./conmon/argv.ts";
import { joinCgroup, joinScope } from "./conmon/cgroup.ts";
import { spawnConmon } from "./conmon/spawn.ts";
import { execPaths, ociLogOf, removeExecDirectory, removeFile, writeJson } from "./prepare.ts";
import { mustLeaveSession, preservedFds, type RuntimeFacts } from "./oci.ts";
import type { CreatedProcess, ExecProcess } from "./types.ts";

/**
 * Runs a command in a running container. `onReady` is called when the attach socket exists and before the command starts, so
 * that no output is lost; the command starts when it resolves. On failure the session's directory is removed.
 */
export async function startExec(facts: RuntimeFacts, request: ExecProcess): Promise<CreatedProcess> {
  const paths = execPaths(request.paths, request.sessionId, request.containerId);
  mkdirSync(paths.bundle, { recursive: true, mode: 0o755 });
  for (const directory of [paths.exitDir, paths.persistDir]) mkdirSync(directory, { recursive: true, mode: 0o755 });
  const processFile = join(paths.bundle, "exec-process");
  writeJson(processFile, request.process);
  const conmon = conmonRequest(facts, request);
  try {
    const running = await spawnConmon({
      conmonPath: facts.conmonPath, argv: execArgv(conmon, processFile), environment: { ...facts.conmonEnvironment, ...request.environment },
      runtimeName: facts.name, passthrough: false, preserved: preservedFds(request.preserveFds ?? 0, request.preserveFd), withAttach: true, cwd: paths.bundle,
      ...(conmon.ociLog === undefined ? {} : { ociLog: conmon.ociLog }),
    });
    try {
      if (request.conmonCgroup !== undefined && !request.systemdCgroup) await joinCgroup(request.conmonCgroup, running.firstPid);
      else if (mustLeaveSession(facts)) await joinScope({ pid: running.firstPid, slice: "user.slice", unit: `podman-${running.firstPid}.scope`, isUser: true });
      running.go();
      await running.attachReady();
      await request.onReady?.(join(paths.bundle, "attach"));
      // After the caller's: conmon accepts one connection at a time between reads, and output before an accept is lost to it.
      if (hasPipeInsteadOfNull(request)) endStdin(join(paths.bundle, "attach"));
      running.release();
      return { pid: await running.pid(), conmonPid: 0 };
    } finally { running.close(); }
  } catch (error) {
    removeExecDirectory(request.paths, request.sessionId);
    throw error;
  } finally { removeFile(processFile); }
}

/**
 * Without stdin the command would get the machine's /dev/null, which old crun gives to the session's user (`host-null.ts`), and the
 * command could change its mode at once. So a user other than root gets a pipe that is at its end.
 */
function hasPipeInsteadOfNull({ stdin, terminal, process }: ExecProcess): boolean {
  return !stdin && !terminal && (process as { user?: { uid?: number } }).user?.uid !== 0;
}

/** conmon closes the command's stdin when a client has closed its side. */
function endStdin(attachSocket: string): void { closeSync(connectPacketSocket(attachSocket)); }

function conmonRequest(facts: RuntimeFacts, request: ExecProcess): ConmonRequest {
  const paths = execPaths(request.paths, request.sessionId, request.containerId);
  return {
    containerId: request.containerId, sessionId: request.sessionId, name: request.containerName ?? request.containerId, runtimePath: facts.path, runtimeFlags: facts.flags,
    bundle: paths.bundle, pidFile: join(paths.bundle, "exec_pid"), exitDir: paths.exitDir, persistDir: paths.persistDir,
    logDriver: "none", logPath: paths.logPath, logSizeMaxBytes: 0,
    ...(facts.supportsJson ? { ociLog: ociLogOf(paths) } : {}),
    systemdCgroup: request.systemdCgroup, noCgroups: request.noCgroups ?? false, terminal: request.terminal, stdin: request.stdin || hasPipeInsteadOfNull(request),
    preserveFds: preservedFds(request.preserveFds ?? 0, request.preserveFd).length,
    exitCommand: request.exitCommand, exitDelaySeconds: request.exitDelaySeconds ?? 0,
  };
}
