/** conmon's command line, in Podman's order. Understood by conmon 2.1.0 and later. */
import { EngineError } from "../../base/errors.ts";
import type { RestoreProcess } from "../types.ts";

export interface ConmonRequest {
  readonly containerId: string;
  /** The container's id, or the exec session's. */
  readonly sessionId: string;
  readonly name: string;
  readonly runtimePath: string;
  /** Global flags of the runtime, with their dashes. */
  readonly runtimeFlags: readonly string[];
  readonly bundle: string;
  readonly pidFile: string;
  readonly exitDir: string;
  readonly persistDir: string;
  readonly logDriver: string;
  readonly logPath: string;
  readonly logSizeMaxBytes: number;
  readonly logTag?: string;
  /** The runtime's JSON log; absent for a runtime without one. */
  readonly ociLog?: string;
  readonly systemdCgroup: boolean;
  readonly noCgroups: boolean;
  readonly terminal: boolean;
  readonly stdin: boolean;
  readonly preserveFds: number;
  readonly exitCommand: readonly string[];
  readonly exitDelaySeconds: number;
}
export interface ConmonCreate {
  readonly conmonPidFile: string;
  readonly sdnotifySocket?: string;
  readonly timeoutSeconds: number;
  readonly noNewKeyring: boolean;
  readonly noPivot: boolean;
  readonly syncLog: boolean;
  readonly restore?: RestoreProcess;
}

export function createArgv(request: ConmonRequest, create: ConmonCreate): string[] {
  return [
    ...sharedArgv(request),
    ...(create.sdnotifySocket === undefined ? [] : [`--sdnotify-socket=${create.sdnotifySocket}`]),
    ...(request.terminal ? ["-t"] : request.stdin ? ["-i"] : []),
    ...(create.timeoutSeconds > 0 ? [`--timeout=${create.timeoutSeconds}`] : []),
    ...(create.noNewKeyring ? ["--no-new-keyring"] : []),
    "--conmon-pidfile", create.conmonPidFile,
    ...(create.noPivot ? ["--no-pivot"] : []),
    ...(create.syncLog ? [] : ["--no-sync-log"]),
    ...exitArgv(request),
    ...preserveArgv(request),
    ...restoreArgv(create.restore),
  ];
}

export function execArgv(request: ConmonRequest, processFile: string): string[] {
  return [
    ...sharedArgv(request), ...preserveArgv(request),
    ...(request.terminal ? ["-t"] : []), ...(request.stdin ? ["-i"] : []),
    "-e", "--exec-attach", "--exec-process-spec", processFile,
    ...exitArgv(request),
  ];
}

function sharedArgv(request: ConmonRequest): string[] {
  return [
    "--api-version", "1",
    "-c", request.containerId, "-u", request.sessionId,
    "-r", request.runtimePath,
    "-b", request.bundle, "-p", request.pidFile, "-n", request.name,
    "--exit-dir", request.exitDir, "--persist-dir", request.persistDir,
    "--full-attach",
    ...request.runtimeFlags.flatMap((flag) => ["--runtime-arg", flag]),
    ...(request.systemdCgroup && !request.noCgroups ? ["-s"] : []),
    "-l", logArgument(request.logDriver, request.logPath),
    "--log-level", "warning", "--syslog",
    ...(request.logSizeMaxBytes > 0 ? ["--log-size-max", String(request.logSizeMaxBytes)] : []),
    ...(request.ociLog === undefined ? [] : ["--runtime-arg", "--log-format=json", "--runtime-arg", "--log", `--runtime-arg=${request.ociLog}`]),
    ...(request.logTag === undefined || request.logTag === "" ? [] : ["--log-tag", request.logTag]),
    ...(request.noCgroups ? ["--runtime-arg", "--cgroup-manager", "--runtime-arg", "disabled"] : []),
  ];
}

/** json-file is the Kubernetes format too: conmon writes no other file format, and Podman does the same. */
function logArgument(driver: string, path: string): string {
  switch (driver) {
    case "journald": case "none": return driver;
    case "passthrough": case "passthrough-tty": return "passthrough";
    case "": case "k8s-file": case "json-file": return `k8s-file:${path}`;
    default: throw new EngineError("invalid-argument", "running container create option: invalid log driver: invalid argument");
  }
}

function exitArgv({ exitCommand: [program, ...args], exitDelaySeconds }: ConmonRequest): string[] {
  if (program === undefined) return [];
  return [
    "--exit-command", program, ...args.flatMap((argument) => ["--exit-command-arg", argument]),
    ...(exitDelaySeconds > 0 ? ["--exit-delay", String(exitDelaySeconds)] : []),
  ];
}

function restoreArgv(restore: RestoreProcess | undefined): string[] {
  if (restore === undefined) return [];
  const flags = [restore.tcpEstablished === true ? "--tcp-established" : "", restore.tcpClose === true ? "--tcp-close" : "", restore.fileLocks === true ? "--file-locks" : ""].filter((flag) => flag !== "");
  return ["--restore", restore.imagePath, ...flags.flatMap((flag) => ["--runtime-opt", flag])];
}

function preserveArgv({ preserveFds }: ConmonRequest): string[] {
  return preserveFds > 0 ? ["--runtime-opt", "--preserve-fds", "--runtime-opt", String(preserveFds)] : [];
}
