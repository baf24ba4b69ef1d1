/**
 * The second shape: a container as it is kept. `ContainerConfig` never changes after create (except by rename and update);
 * `ContainerState` is what happens to it. Both are versioned JSON in the state database (state/containers.ts).
 */
import type { ContainerCreate, HealthCreate, IdMap, MountCreate, NetworkAttach, PortPublish, Ulimit } from "../contract/types/container-create.ts";

export const recordVersion = 1;

export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly config: ContainerConfig;
  readonly state: ContainerState;
}

/** Resolved once at create; the image is no longer consulted after that. */
export interface ContainerConfig {
  readonly version: number;
  /** What was asked, for `inspect`, `clone` and `generate`. */
  readonly create: ContainerCreate;
  readonly createdAt: string;
  /** Full image id and the name as typed and resolved; absent with --rootfs. */
  readonly imageId?: string;
  readonly imageName?: string;
  readonly pod?: string;
  readonly isInfra?: boolean;
  /** Final process. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly stopSignal: number;
  readonly stopTimeoutSeconds: number;
  readonly terminal: boolean;
  /** Its first process is systemd, or is to find what systemd needs. */
  readonly systemd?: boolean;
  readonly stdin: boolean;
  /** The service manager's socket at create (--sdnotify). */
  readonly notifySocket?: string;
  readonly hostname: string;
  readonly ociRuntime: string;
  readonly cgroupManager: "systemd" | "cgroupfs";
  readonly logDriver: string;
  readonly logPath: string;
  readonly network: ResolvedNetwork;
  readonly volumes: readonly NamedVolumeUse[];
  /** Every mount that is not a named volume: from flags, --volumes-from, image volumes and containers.conf; one per destination. */
  readonly mounts?: readonly MountCreate[];
  /** Ids of containers that must run when this one starts (--requires, joined namespaces). */
  readonly dependencies?: readonly string[];
  /** Of the image and of --health-*, merged; absent: none. */
  readonly health?: HealthCreate;
  /** Ports that the image or --expose names: `80/tcp`. */
  readonly expose?: readonly string[];
  readonly ulimits: readonly Ulimit[];
  readonly uidMaps: readonly IdMap[];
  readonly gidMaps: readonly IdMap[];
  /** `<graphroot>/<driver>-containers/<id>/userdata`: config.json, ctl, shm, artifacts. */
  readonly staticDir: string;
  /** `<runroot>/<driver>-containers/<id>/userdata`: hosts, resolv.conf, pid files. */
  readonly runDir: string;
}
export interface ResolvedNetwork {
  /** `bridge`, `host`, `none`, `container`, `ns`, `pasta`, `slirp4netns`, `pod`. */
  readonly mode: string;
  readonly value?: string;
  readonly networks: readonly NetworkAttach[];
  readonly ports: readonly PortPublish[];
}
/** `driverOptions`: for making the volume, when it is not there. */
export interface NamedVolumeUse {
  readonly name: string; readonly destination: string; readonly options: readonly string[]; readonly anonymous: boolean; readonly subpath?: string;
  readonly driverOptions?: Readonly<Record<string, string>>;
}

/** Podman's words, as in `ps` and `inspect`. */
export type ContainerStatus = "created" | "initialized" | "running" | "paused" | "stopping" | "stopped" | "exited" | "removing";

export interface ContainerState {
  readonly status: ContainerStatus;
  readonly pid?: number;
  readonly conmonPid?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
  readonly error?: string;
  readonly restartCount?: number;
  /** Set by stop and kill, so that the restart policy leaves the container alone. */
  readonly stoppedByUser?: boolean;
  readonly netnsPath?: string;
  readonly mountPoint?: string;
  /** Ids of the images that this run has mounted, once per mount. */
  readonly imageMounts?: readonly string[];
  /** Netavark's answer per network. */
  readonly networkStatus?: Readonly<Record<string, unknown>>;
  readonly cgroupPath?: string;
  /** Set before anything outside of the database is made for a start, cleared when all of it is recorded: what a crash between leaves is found by it. */
  readonly preparing?: boolean;
  /** The exit of this run was already told as an event and counted. */
  readonly exitRecorded?: boolean;
  /** Podman's RestartPolicyMatch: it ended by itself and the restart policy has not been asked yet. */
  readonly restartPending?: boolean;
  /** Mark of the boot (state/boot.ts) when the state was written; another one means: reboot, nothing runs. */
  readonly bootId?: string;
  readonly health?: { readonly status: string; readonly failingStreak: number };
  /** The start-up check of this run: passed, or how often it succeeded and failed so far. */
  readonly healthStartup?: { readonly passed: boolean; readonly successes: number; readonly failures: number };
  /** What runs the checks: a transient unit of systemd, or a process of ours. */
  readonly healthTimer?: { readonly unit: string } | { readonly pid: number };
  /** It was checkpointed and has not run since; when, and where the checkpoint and CRIU's log are. */
  readonly checkpointed?: boolean;
  readonly checkpointedAt?: string;
  readonly checkpointPath?: string;
  readonly checkpointLog?: string;
  /** This run came out of a checkpoint. */
  readonly restored?: boolean;
  readonly restoredAt?: string;
  readonly restoreLog?: string;
  /** A failed check ended this run; it starts again whatever the restart policy says. */
  readonly healthRestart?: boolean;
}

/** What a start that is no restore forgets. */
export const noCheckpoint = {
  checkpointed: undefined, checkpointedAt: undefined, checkpointPath: undefined, checkpointLog: undefined, restored: undefined, restoredAt: undefined, restoreLog: undefined,
} as const;

/** What a writer changes of a state; undefined takes a key away. */
export type StateChange = { readonly [K in keyof ContainerState]?: ContainerState[K] | undefined };

/** The state with the change; keys that are undefined are gone. */
export function changed(state: ContainerState, change: StateChange): ContainerState {
  return Object.fromEntries(Object.entries({ ...state, ...change }).filter(([, value]) => value !== undefined)) as unknown as ContainerState;
}

/** Which verbs a status allows; the only place that says so. */
export const canStart = (status: ContainerStatus): boolean => status === "created" || status === "initialized" || status === "stopped" || status === "exited";
export const isAlive = (status: ContainerStatus): boolean => status === "running" || status === "paused" || status === "stopping";
