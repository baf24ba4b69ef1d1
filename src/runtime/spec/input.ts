/**
 * What `generateSpec` needs besides the record: facts that other mechanisms resolved at start. Everything is a host path or a
 * number here; no look-up of names, images or volumes happens below this line. Pure data.
 */
import type { ContainerRecord } from "../../container/record.ts";
import type { EngineConfig } from "../../config/types.ts";

export interface SpecInput {
  readonly record: ContainerRecord;
  readonly config: EngineConfig;
  /** Mounted root file system of the container (what `store.mountContainer` returned, or the --rootfs path). */
  readonly rootfs: string;
  readonly namespaces: SpecNamespaces;
  /**
   * Everything that -v, --mount, --tmpfs, --volumes-from, image volumes and containers.conf ask for, sources resolved to host
   * paths, one entry per destination (the last one wins before it gets here). Podman's default mounts and `files` are added by
   * the generator unless a destination here replaces them.
   */
  readonly mounts: readonly ResolvedMount[];
  /** Files bound over the root's own. An absent one is not bound. */
  readonly files: SpecFiles;
  /** Devices from --device, CDI and containers.conf that are not in `record.config.create.storage.devices`. */
  readonly extraDevices?: readonly string[];
  /** Values of --secret type=env. Added to the environment, never stored. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  /** Host path of the init binary (catatonit); absent: found by the generator when the container runs with --init. */
  readonly initBinary?: string;
  /** SELinux labels; absent without SELinux. */
  readonly processLabel?: string;
  readonly mountLabel?: string;
  /** LISTEN_FDS, NOTIFY_SOCKET and the like, added last. */
  readonly extraEnv?: Readonly<Record<string, string>>;
  /** Terminal size at start. */
  readonly consoleSize?: { readonly height: number; readonly width: number };
  /** cgroup path of the pod, when the container belongs to one. */
  readonly podCgroup?: string;
  /** Annotations that only a start knows; the record's come from `record.config.annotations`. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** OCI hook directories of the command line, instead of the configuration's. */
  readonly hookDirs?: readonly string[];
  /** Facts of the machine; read from it when absent. Tests pass them. */
  readonly host?: Partial<HostFacts>;
}

/** `host`: not unshared. `new`: the runtime makes one. `path`: join `/proc/<pid>/ns/x` or a pinned file. */
export type NamespaceUse = { readonly kind: "host" } | { readonly kind: "new" } | { readonly kind: "path"; readonly path: string };
export interface SpecNamespaces {
  /** A bridge or `none` container joins the namespace that was pinned for it (`record.state.netnsPath`). */
  readonly network: NamespaceUse;
  readonly pid: NamespaceUse;
  readonly ipc: NamespaceUse;
  readonly uts: NamespaceUse;
  readonly cgroup: NamespaceUse;
  /** `new` with the maps of `record.config.uidMaps/gidMaps`. */
  readonly user: NamespaceUse;
}

export interface ResolvedMount {
  readonly type: "bind" | "tmpfs" | "ramfs" | "devpts" | "overlay" | "image";
  /** Host path for `bind` (named volumes included) and the mounted image for `image`; lower directory for `overlay`. */
  readonly source?: string;
  readonly destination: string;
  /** As the user wrote them; defaults (rprivate, rbind, nosuid, nodev …) are added by the generator. */
  readonly options: readonly string[];
  /** A named volume: gets nosuid,nodev like Podman's, and is not marked rbind twice. */
  readonly namedVolume?: boolean;
  /** Path below `source`; resolved without leaving it. */
  readonly subpath?: string;
  /** For `O` and `overlay`: where upper and work directories live. */
  readonly overlay?: { readonly upper: string; readonly work: string };
}

export interface SpecFiles {
  readonly hosts?: string;
  readonly resolvConf?: string;
  readonly hostname?: string;
  readonly containerenv?: string;
  /** Directory with conmon's socket for --sdnotify=container, bound at /run/notify. */
  readonly notify?: string;
  /** Directory with one file per secret, bound at /run/secrets. */
  readonly secrets?: readonly { readonly source: string; readonly destination: string }[];
  /** Host directory (a tmpfs) bound at /dev/shm; absent: the generator makes a tmpfs of `shmSizeBytes` in the container. */
  readonly shm?: string;
  /** Copies with the container's user added, see `addUserEntries`. */
  readonly passwd?: string;
  readonly group?: string;
  /** zoneinfo file for --tz; absent: copied to the run directory by the generator. */
  readonly localtime?: string;
}

export interface HostFacts {
  readonly cgroupVersion: 1 | 2;
  /** Hard limits of this process by ulimit name; -1 unlimited. */
  readonly hardLimits: Readonly<Record<string, number>>;
  /** May raise a hard limit. */
  readonly canRaiseLimits: boolean;
  /** Capabilities that the kernel and our bounding set know, `CAP_…`. */
  readonly capabilities: readonly string[];
  readonly hasSelinux: boolean;
  readonly hasApparmor: boolean;
  readonly hostname: string;
  /** `uname -m`. */
  readonly machine: string;
}
