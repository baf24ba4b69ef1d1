/** The mounts every container gets: /proc, /dev, /sys and what is below them. */
import type { IdMap } from "../../contract/types/container-create.ts";
import { isCgroupUnmasked } from "./kernel-paths.ts";
import type { SpecNamespaces } from "./input.ts";
import type { SpecMount } from "./types.ts";

export interface DefaultMountRequest {
  readonly namespaces: SpecNamespaces;
  readonly gidMaps: readonly IdMap[];
  readonly privileged: boolean;
  readonly rootless: boolean;
  readonly cgroupVersion: 1 | 2;
  readonly unmask: readonly string[];
  /** `--security-opt proc-opts=`. */
  readonly procOptions: readonly string[];
  readonly devReadonly: boolean;
  /** systemd manages a cgroup tree of its own. */
  readonly systemd?: boolean;
}

const ttyGroup = 5;

export function defaultMounts(request: DefaultMountRequest): SpecMount[] {
  const { namespaces, rootless } = request;
  const inUserns = rootless || namespaces.user.kind !== "host";
  return [
    proc(request, inUserns),
    { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=65536k", ...(request.devReadonly ? ["ro"] : [])] },
    ...sys(request, inUserns).map((mount) => request.systemd === true && mount.destination === "/sys/fs/cgroup" ? systemdCgroup(namespaces) : mount),
    devpts(request),
    inUserns && namespaces.ipc.kind === "host"
      ? { destination: "/dev/mqueue", type: "bind", source: "/dev/mqueue", options: ["bind", "nosuid", "noexec", "nodev"] }
      : { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
  ];
}

/** A user namespace may not mount a proc of a pid namespace that it does not own. */
function proc({ namespaces, procOptions }: DefaultMountRequest, inUserns: boolean): SpecMount {
  const options = procOptions.length > 0 ? [...procOptions] : ["nosuid", "noexec", "nodev"];
  return inUserns && namespaces.pid.kind === "host"
    ? { destination: "/proc", type: "bind", source: "/proc", options: procOptions.length > 0 ? options : ["rbind", "nosuid", "noexec", "nodev"] }
    : { destination: "/proc", type: "proc", source: "proc", options };
}

/** The same for sysfs, which belongs to the network namespace. */
function sys(request: DefaultMountRequest, inUserns: boolean): SpecMount[] {
  const { namespaces, privileged } = request;
  const ownsNetwork = namespaces.network.kind !== "host" && (namespaces.user.kind === "host" || namespaces.network.kind === "new");
  const access = privileged ? "rw" : "ro";
  if (inUserns && !ownsNetwork) {
    return [
      { destination: "/sys", type: "bind", source: "/sys", options: ["rprivate", "nosuid", "noexec", "nodev", access, "rbind"] },
      { destination: "/sys/fs/cgroup", type: "cgroup", source: "/sys/fs/cgroup", options: ["rprivate", "nosuid", "noexec", "nodev", access] },
    ];
  }
  const cgroupAccess = privileged || (request.cgroupVersion === 2 && isCgroupUnmasked(request.unmask)) ? "rw" : "ro";
  return [
    { destination: "/sys", type: "sysfs", source: "sysfs", options: privileged ? ["rprivate", "nosuid", "noexec", "nodev", "rw"] : ["nosuid", "noexec", "nodev", "ro"] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rprivate", "nosuid", "noexec", "nodev", "relatime", cgroupAccess] },
  ];
}

function systemdCgroup({ cgroup }: SpecNamespaces): SpecMount {
  return cgroup.kind === "host"
    ? { destination: "/sys/fs/cgroup", type: "bind", source: "/sys/fs/cgroup", options: ["bind", "private", "rw"] }
    : { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["private", "rw"] };
}

/** gid=5 (tty) fails where that group is not mapped. */
function devpts({ gidMaps, rootless }: DefaultMountRequest): SpecMount {
  const isMapped = gidMaps.length === 0 ? !rootless : gidMaps.some(({ containerId, size }) => containerId <= ttyGroup && ttyGroup < containerId + size);
  const options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];
  return { destination: "/dev/pts", type: "devpts", source: "devpts", options: isMapped ? [...options, "gid=5"] : ["rprivate", ...options] };
}
