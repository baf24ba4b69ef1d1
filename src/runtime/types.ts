/**
 * Running containers: an OCI runtime (crun, runc, …) under one conmon each. conmon owns the pseudo terminal or pipes, writes
 * the log, serves the attach socket, records the exit status in a file and then runs the exit command. Nothing of ours stays
 * alive beside it.
 */
import type { Duplex } from "../contract/kit.ts";
import type { Spec } from "./spec/types.ts";

/** Files of one container that conmon and the runtime share. */
export interface ContainerPaths {
  /** `<staticDir>`: holds config.json, ctl, winsz, the attach socket link. */
  readonly bundle: string;
  /** `<runDir>`: pidfile, conmon.pid, oci-log. */
  readonly runDir: string;
  /** `<tmp dir>/exits`: a file named by id with the exit status. */
  readonly exitDir: string;
  /** `<tmp dir>/persist/<id>`. */
  readonly persistDir: string;
  readonly logPath: string;
}

export interface CreateProcess {
  readonly id: string;
  readonly name: string;
  readonly paths: ContainerPaths;
  /** A promise: conmon starts beside its making, and waits for it before it calls the runtime. */
  readonly spec: Spec | Promise<Spec>;
  readonly terminal: boolean;
  readonly stdin: boolean;
  /** `k8s-file`, `json-file`, `journald`, `none`, `passthrough`, `passthrough-tty`. */
  readonly logDriver: string;
  readonly logSizeMaxBytes?: number;
  readonly logTag?: string;
  readonly systemdCgroup: boolean;
  /** argv that conmon runs when the container ended; empty for none. */
  readonly exitCommand: readonly string[];
  readonly exitDelaySeconds?: number;
  /** Extra environment of conmon (CONTAINERS_CONF, …). */
  readonly environment: Readonly<Record<string, string>>;
  readonly preserveFds?: number;
  readonly sdnotifySocket?: string;
  /** Where conmon itself goes: a cgroup path (`/libpod_parent/conmon`), or the slice with `systemdCgroup`. undefined leaves it where we are. */
  readonly conmonCgroup?: string;
  readonly runtimeFlags?: readonly string[];
  /** Descriptors that conmon keeps open for the container's life without passing them on: sockets that hold published ports. */
  readonly heldFds?: readonly number[];
  /** Single descriptors to keep (--preserve-fd). */
  readonly preserveFd?: readonly number[];
  /** End the container after this many seconds. */
  readonly timeoutSeconds?: number;
  /** `--cgroups=disabled`. */
  readonly noCgroups?: boolean;
  /** false: the log is not forced to disk at the end; for containers that are removed then. */
  readonly syncLog?: boolean;
  /** The process then runs as soon as it exists. */
  readonly restore?: RestoreProcess;
  /** Instead of `<runDir>/pidfile` (--pidfile). */
  readonly pidFile?: string;
  /** Called when the runtime has begun: time for the caller to load what it will need. */
  readonly meanwhile?: () => void;
}

/** A checkpoint to go on from, instead of the command. */
export interface RestoreProcess { readonly imagePath: string; readonly tcpEstablished?: boolean; readonly tcpClose?: boolean; readonly fileLocks?: boolean }

/** Paths: where CRIU's images go, and where its log and statistics go. */
export interface CheckpointProcess {
  readonly id: string; readonly imagePath: string; readonly workPath: string; readonly leaveRunning?: boolean; readonly tcpEstablished?: boolean; readonly fileLocks?: boolean;
  /** Memory only; the container runs on. */
  readonly preDump?: boolean;
  /** Of an earlier pre-dump, relative to `imagePath`. */
  readonly parentPath?: string;
}

export interface CreatedProcess { readonly pid: number; readonly conmonPid: number }

/** What `runtime state` says. */
export type RuntimeStatus = "creating" | "created" | "running" | "paused" | "stopped" | "absent";

export interface ExecProcess {
  readonly sessionId: string;
  readonly containerId: string;
  readonly paths: ContainerPaths;
  /** OCI `process` object. */
  readonly process: unknown;
  readonly terminal: boolean;
  readonly stdin: boolean;
  readonly detachKeys?: string;
  readonly exitCommand: readonly string[];
  readonly exitDelaySeconds?: number;
  readonly systemdCgroup: boolean;
  readonly noCgroups?: boolean;
  readonly preserveFds?: number;
  readonly preserveFd?: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  readonly containerName?: string;
  readonly conmonCgroup?: string;
  /** Called when the session's attach socket exists, before the command starts: attach here and no output is lost. */
  readonly onReady?: (attachSocket: string) => Promise<void>;
}

export interface ProbeProcess {
  readonly containerId: string;
  /** Where its files may be for the while. */
  readonly runDir: string;
  /** OCI `process` object. */
  readonly process: unknown;
  readonly timeoutMs: number;
  /** Output beyond this is read and dropped. */
  readonly maxOutputBytes: number;
}
/** `output`: stdout and stderr as they came. */
export interface ProbeResult { readonly exitCode: number; readonly output: Uint8Array; readonly timedOut: boolean }

/** One OCI runtime by name and path, found through containers.conf. All calls fail with the runtime's own last log line as cause. */
export interface OciRuntime {
  readonly name: string;
  readonly path: string;
  /** Starts conmon, which runs `runtime create`. When it returns the process exists, stopped before its first instruction. @throws command-not-found, command-not-executable, conmon-missing, runtime-missing */
  create(request: CreateProcess): Promise<CreatedProcess>;
  start(id: string): Promise<void>;
  /** Sends to the first process, or to all (`all`). @throws failed-precondition/container-not-running */
  kill(id: string, signal: number, all?: boolean): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  /** Idempotent. `force` kills first. */
  delete(id: string, force?: boolean): Promise<void>;
  status(id: string): Promise<RuntimeStatus>;
  /** True when this runtime was built with CRIU. */
  canCheckpoint(): Promise<boolean>;
  /** Writes the processes down and, unless they are to run on, ends them. */
  checkpoint(request: CheckpointProcess): Promise<void>;
  /** Applies changed limits (OCI `linux.resources`). */
  update(id: string, resources: unknown): Promise<void>;
  /** Runs a command in a running container to its end, without a session: health checks. Nothing is left behind. */
  probe(request: ProbeProcess): Promise<ProbeResult>;
  /** Starts an exec session under a conmon of its own; returns the pid inside the host. */
  exec(request: ExecProcess): Promise<CreatedProcess>;
}

export interface AttachRequest {
  /** Attach socket of the container or exec session. */
  readonly socketPath: string;
  readonly terminal: boolean;
  /** Which streams to forward. */
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** `ctrl-p,ctrl-q`; empty: none. Reading them ends the session with reason `detached`. */
  readonly detachKeys: string;
  readonly signal?: AbortSignal;
}
/** Connects to conmon's attach socket (SOCK_SEQPACKET, first byte of each packet is the stream). */
export type Attach = (request: AttachRequest) => Promise<Duplex>;
