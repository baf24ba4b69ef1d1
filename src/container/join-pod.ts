/** What a container gets from the pod it is put into (podman-run(1), --pod). */
import { EngineError } from "../base/errors.ts";
import type { ContainerCreate, NamespaceMode, NamespacesCreate, NetworkCreate, StorageCreate } from "../contract/types/container-create.ts";
import type { PodNamespace } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import type { PodRecord } from "../state/pod-record.ts";
import type { ContainerRecord } from "./record.ts";

const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);
const shares = (mode: NamespaceMode | undefined): boolean => mode === undefined || mode.mode === "" || mode.mode === "default" || mode.mode === "pod";

/**
 * The container as it is once it belongs to the pod: it joins what the pod shares, unless it asks for something else, and takes the
 * pod's cgroup and what the pod says of mounts, devices and security. Pure but for reading the state.
 * @throws not-found/no-such-pod, invalid-argument
 */
export function joinPod(context: EngineContext, spec: ContainerCreate): ContainerCreate {
  if (spec.pod === undefined) { refusePodModes(spec); return spec; }
  const pod = context.state().pods.resolve(spec.pod);
  const infra = pod.infraId === undefined ? undefined : context.containers().get(pod.infraId);
  if (infra === undefined) refusePodModes(spec);
  const namespaces = infra === undefined ? spec.namespaces : joinNamespaces(spec, pod, infra);
  const network = infra === undefined ? spec.network : joinNetwork(spec, pod, infra);
  const restart = spec.restart ?? pod.create.restart;
  return {
    ...spec, pod: pod.id,
    ...(namespaces === undefined ? {} : { namespaces }), ...(network === undefined ? {} : { network }), ...(restart === undefined ? {} : { restart }),
    ...(infra === undefined ? {} : inherited(spec, infra.config.create)),
    ...withCgroup(spec, pod),
  };
}

function refusePodModes({ namespaces = {}, network }: ContainerCreate): void {
  const modes = [namespaces.pid, namespaces.ipc, namespaces.uts, namespaces.user, namespaces.cgroup, network?.mode];
  if (modes.every((mode) => mode?.mode !== "pod")) return;
  throw invalid("cannot use pod namespace as container is not joining a pod or pod has no infra container: invalid configuration");
}

function joinNamespaces({ namespaces = {}, hostname }: ContainerCreate, { shared }: PodRecord, infra: ContainerRecord): NamespacesCreate {
  const joined: NamespaceMode = { mode: "container", value: infra.id };
  const use = (kind: PodNamespace, mode: NamespaceMode | undefined): NamespaceMode | undefined => {
    if (shares(mode) && shared.includes(kind)) return joined;
    return mode?.mode === "pod" ? undefined : mode;
  };
  const uts = use("uts", namespaces.uts);
  if (uts === joined && hostname !== undefined && hostname !== "") throw invalid("invalid config provided: cannot set hostname when joining the pod UTS namespace: invalid configuration");
  const modes = { pid: use("pid", namespaces.pid), ipc: use("ipc", namespaces.ipc), cgroup: use("cgroup", namespaces.cgroup), uts, user: userOf(namespaces, shared, infra, joined) };
  const { pid: _pid, ipc: _ipc, cgroup: _cgroup, uts: _uts, user: _user, ...rest } = namespaces;
  return { ...rest, ...Object.fromEntries(Object.entries(modes).filter(([, mode]) => mode !== undefined)) };
}

/** A pod with a user namespace has it for all: its other namespaces belong to it. */
function userOf({ user }: NamespacesCreate, shared: readonly PodNamespace[], infra: ContainerRecord, joined: NamespaceMode): NamespaceMode | undefined {
  if (infra.config.uidMaps.length === 0 && !shared.includes("user")) {
    const keeps = shares(user) || user?.mode === "host" || user?.mode === "container";
    if (!keeps) throw invalid("cannot set user namespace mode when joining pod with infra container: invalid argument");
    return user?.mode === "pod" ? undefined : user;
  }
  if (!shares(user) && user?.mode !== "private") throw invalid("--userns and --pod cannot be set together");
  return joined;
}

function joinNetwork({ network = {} }: ContainerCreate, { shared }: PodRecord, infra: ContainerRecord): NetworkCreate | undefined {
  const isJoined = shares(network.mode) && (shared.includes("net") || infra.config.network.mode === "host") && (network.networks ?? []).length === 0;
  if (!isJoined) return network.mode?.mode === "pod" ? { ...network, mode: { mode: "default" } } : network;
  if ((network.ports ?? []).length > 0 || network.publishAll === true) {
    throw invalid("invalid config provided: published or exposed ports must be defined when the pod is created: network cannot be configured when it is shared with a pod");
  }
  if ((network.addHosts ?? []).length > 0) throw invalid("extra host entries must be specified on the pod: network cannot be configured when it is shared with a pod");
  // Nobody may join the host's namespace by way of a process in it: a user may not at all.
  return { ...network, mode: infra.config.network.mode === "host" ? { mode: "host" } : { mode: "container", value: infra.id } };
}

function inherited({ storage, security = {} }: ContainerCreate, { storage: given, security: safe = {} }: ContainerCreate): Pick<ContainerCreate, "storage" | "security"> {
  const { readOnly: _readOnly, privileged: _privileged, capAdd: _capAdd, capDrop: _capDrop, sysctls: _sysctls, ...policy } = safe;
  const { mounts, devices, volumesFrom } = mergeStorage(given, storage);
  return { storage: { ...storage, ...(mounts !== undefined && { mounts }), ...(devices !== undefined && { devices }), ...(volumesFrom !== undefined && { volumesFrom }) }, security: { ...policy, ...security } };
}

/** Both; where mounts meet, those of `own` win. */
export function mergeStorage(base: StorageCreate = {}, own: StorageCreate = {}): StorageCreate {
  const taken = new Set((own.mounts ?? []).map(({ destination }) => destination));
  const mounts = [...(base.mounts ?? []).filter(({ destination }) => !taken.has(destination)), ...own.mounts ?? []];
  const devices = [...base.devices ?? [], ...own.devices ?? []];
  const volumesFrom = [...base.volumesFrom ?? [], ...own.volumesFrom ?? []];
  return { ...base, ...own, ...(mounts.length > 0 && { mounts }), ...(devices.length > 0 && { devices }), ...(volumesFrom.length > 0 && { volumesFrom }) };
}

function withCgroup({ resources }: ContainerCreate, { cgroupPath }: PodRecord): Pick<ContainerCreate, "resources"> {
  if (cgroupPath === undefined || resources?.cgroups === "disabled" || resources?.cgroups === "split") return {};
  return { resources: { ...resources, cgroupParent: cgroupPath } };
}
