/** Combinations that no container can have. */
import { existsSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import type { ContainerCreate } from "../contract/types/container-create.ts";

const invalidConfiguration = (message: string): EngineError => new EngineError("invalid-argument", `${message}: invalid configuration`);
const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

/** @throws invalid-argument with Podman's sentences */
export function validate(spec: ContainerCreate): void {
  if ((spec.image ?? spec.imageId) !== undefined && spec.rootfs !== undefined) throw invalidConfiguration("both image and rootfs cannot be simultaneously");
  checkRootfs(spec);
  checkNames(spec);
  checkShm(spec);
  checkNetwork(spec);
  checkLife(spec);
  checkCgroups(spec);
}

function checkRootfs({ rootfs, storage }: ContainerCreate): void {
  if (rootfs?.idmap !== undefined) throw new EngineError("not-implemented", "the option idmap of --rootfs is not supported yet");
  if (rootfs !== undefined && !existsSync(rootfs.path)) throw new EngineError("not-found", `running container create option: faccessat ${rootfs.path}: no such file or directory`);
  const artifact = storage?.mounts?.find(({ type }) => type === "artifact");
  if (artifact !== undefined) throw new EngineError("not-implemented", `mounts of type ${artifact.type} are not supported yet`);
}

function checkShm({ storage, namespaces }: ContainerCreate): void {
  const ipc = namespaces?.ipc?.mode;
  if (storage?.shmSizeBytes !== undefined && (ipc === "host" || ipc === "none")) throw invalid(`invalid config provided: cannot set shmsize when running in the {${ipc} } IPC Namespace`);
}

function checkNames({ hostname, namespaces }: ContainerCreate): void {
  const uts = namespaces?.uts?.mode;
  if (hostname !== undefined && hostname !== "" && uts === "host") throw invalidConfiguration("invalid config provided: cannot set hostname when running in the host UTS namespace");
  if (hostname !== undefined && hostname !== "" && uts === "pod") throw invalidConfiguration("cannot set hostname when joining the pod UTS namespace");
}

function checkNetwork({ network, pod }: ContainerCreate): void {
  const mode = network?.mode?.mode;
  if (mode === "container" && (network?.addHosts ?? []).length > 0) {
    throw invalidConfiguration("cannot set extra host entries when the container is joined to another containers network namespace");
  }
  if (pod !== undefined && mode === "pod" && ((network?.ports ?? []).length > 0 || network?.publishAll === true)) {
    throw invalid("published or exposed ports must be defined when the pod is created: network cannot be configured when it is shared with a pod");
  }
  if (network?.noHosts === true && (network.addHosts ?? []).length > 0) throw invalid("--no-hosts and --add-host cannot be set together");
}

function checkLife({ remove, removeImage, rootfs, restart, health, initContainerType, pod }: ContainerCreate): void {
  if (removeImage === true && remove !== true) throw invalid("autoremoving image requires autoremoving the container: invalid argument");
  if (removeImage === true && rootfs !== undefined) throw invalid("autoremoving image is not possible when a rootfs is in use: invalid argument");
  if (initContainerType !== undefined && pod === undefined) throw invalid("init containers must be created in a pod: invalid argument");
  if (restart?.maxRetries !== undefined && restart.maxRetries > 0 && restart.policy !== "on-failure") throw invalid("cannot set restart policy retries unless policy is on-failure: invalid argument");
  if (health?.onFailure === "restart" && remove === true) throw invalid("the --rm option conflicts with --health-on-failure=restart");
}

function checkCgroups({ resources, namespaces }: ContainerCreate): void {
  if (resources?.cgroups === "split" && resources.cgroupParent !== undefined) throw invalid("cannot specify --cgroup-mode=split with a cgroup-parent: invalid argument");
  if (resources?.cgroups !== "disabled") return;
  if (resources.cgroupParent !== undefined) throw invalid("cannot set cgroup parent if not creating cgroups: invalid argument");
  if (namespaces?.pid?.mode === "container") throw invalid("cannot join another container's PID namespace if not creating cgroups: invalid argument");
  if (namespaces?.pid?.mode === "host") throw invalid("containers not creating Cgroups must create a private PID namespace: invalid argument");
}
