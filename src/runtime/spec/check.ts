/**
 * What `podman create` refuses before anything is made: the same rules that `generateSpec` applies at start, without a root
 * file system. Messages are Podman's.
 */
import { EngineError } from "../../base/errors.ts";
import type { EngineConfig } from "../../config/types.ts";
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import { capabilitySets } from "./capabilities.ts";
import { devicesOf } from "./devices.ts";
import { readHostFacts } from "./host.ts";
import type { HostFacts, ResolvedMount, SpecNamespaces } from "./input.ts";
import { completeOptions } from "./mount-options.ts";
import { resourcesOf } from "./resources.ts";
import { loadProfile } from "./seccomp.ts";
import { sysctlsOf } from "./sysctls.ts";

export interface CheckRequest {
  readonly create: ContainerCreate;
  readonly config: EngineConfig;
  readonly namespaces: Pick<SpecNamespaces, "network" | "ipc" | "uts" | "pid" | "user" | "cgroup">;
  /** Mounts whose sources are known already. */
  readonly mounts: readonly ResolvedMount[];
  readonly host?: Partial<HostFacts>;
}

const logDrivers = ["k8s-file", "json-file", "journald", "none", "passthrough", "passthrough-tty", ""];

/** @throws EngineError as `generateSpec` would at start */
export async function checkCreate({ create, config, namespaces, mounts, host: known }: CheckRequest): Promise<void> {
  const host = readHostFacts(known);
  const security = create.security ?? {};
  const privileged = security.privileged ?? config.containers.privileged ?? false;
  const inUserns = config.rootless || namespaces.user.kind !== "host";
  checkLogDriver(create.log?.driver ?? "");
  for (const { type, options, source } of mounts) if (type === "tmpfs" || type === "bind") completeOptions(options, type === "tmpfs", type === "bind" ? source : undefined);
  resourcesOf(create.resources ?? {}, config.containers.pidsLimit, host.cgroupVersion);
  checkCgroupParent(create.resources?.cgroupParent, config);
  devicesOf({ devices: create.storage?.devices ?? [], rules: create.storage?.deviceCgroupRules ?? [], privileged, rootless: config.rootless, inUserns, systemd: false });
  capabilitySets({
    privileged, user: create.user ?? "", keepId: false, defaults: config.containers.defaultCapabilities,
    adds: security.capAdd ?? [], drops: security.capDrop ?? [], bounding: host.capabilities,
  });
  const { apparmor, seccomp } = security;
  if (!host.hasApparmor && apparmor !== undefined && apparmor !== "" && apparmor !== "unconfined") throw new EngineError("invalid-argument", `apparmor profile "${apparmor}" specified, but Apparmor is not enabled on this system`);
  if (seccomp !== undefined && seccomp !== "" && seccomp !== "unconfined") await loadProfile(seccomp);
  sysctlsOf([], security.sysctls ?? {}, namespaces, false);
  if (create.init === true && namespaces.pid.kind !== "new") throw new EngineError("invalid-argument", "cannot add init binary as PID 1 (PID namespace isn't private)");
}

function checkLogDriver(driver: string): void {
  if (!logDrivers.includes(driver)) throw new EngineError("invalid-argument", "running container create option: invalid log driver: invalid argument");
}

function checkCgroupParent(parent: string | undefined, { engine }: EngineConfig): void {
  if (parent === undefined || parent === "") return;
  const isSlice = parent.endsWith(".slice");
  if (engine.cgroupManager === "systemd" && !isSlice) throw new EngineError("invalid-argument", "did not receive systemd slice as cgroup parent when using systemd to manage cgroups: invalid argument");
  if (engine.cgroupManager === "cgroupfs" && isSlice) throw new EngineError("invalid-argument", "systemd slice received as cgroup parent when using cgroupfs: invalid argument");
}
