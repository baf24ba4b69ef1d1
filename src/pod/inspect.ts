import type { ContainerRecord } from "../container/record.ts";
import type { InputOf } from "../contract/kit.ts";
import type { inspect as operation } from "../contract/pod/inspect.ts";
import type { InspectPod, InspectPodInfra } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import { securityOptions } from "../container/inspect-host.ts";
import { shownMounts } from "../container/inspect-mounts.ts";
import { portBindings } from "../container/inspect-network.ts";
import { shownSpec } from "../container/inspect-spec.ts";
import type { PodRecord } from "../state/pod-record.ts";
import { membersOf, statusOf } from "./members.ts";

/** podman-pod-inspect(1). A snapshot. @throws not-found/no-such-pod */
export async function inspect(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<InspectPod> {
  const pod = context.state().pods.resolve(ref);
  const members = membersOf(context, pod);
  const infra = members.find(({ id }) => id === pod.infraId);
  const { create } = pod;
  return Promise.resolve({
    Id: pod.id, Name: pod.name, Created: pod.createdAt, ...(create.createCommand === undefined ? {} : { CreateCommand: create.createCommand }), ExitPolicy: pod.exitPolicy,
    State: statusOf(members), Hostname: create.hostname ?? "", ...(create.labels === undefined ? {} : { Labels: create.labels }), CreateCgroup: pod.cgroupPath !== undefined,
    CgroupParent: pod.cgroupParent, ...(pod.cgroupPath === undefined ? {} : { CgroupPath: pod.cgroupPath }), CreateInfra: create.infra !== undefined,
    ...(pod.infraId === undefined ? {} : { InfraContainerID: pod.infraId }), ...(infra === undefined ? {} : { InfraConfig: infraOf(infra, pod) }),
    ...(pod.shared.length > 0 && { SharedNamespaces: pod.shared }), NumContainers: members.length,
    ...(members.length > 0 && { Containers: members.map(({ id, name, state }) => ({ Id: id, Name: name, State: state.status })) }),
    ...(infra === undefined ? {} : givenToAll(context, infra)), ...limitsOf(pod), ...(create.restart === undefined ? {} : { RestartPolicy: create.restart.policy }), LockNumber: 0,
  });
}

/** What the infra container hands on to the others. */
function givenToAll(context: EngineContext, infra: ContainerRecord): Partial<InspectPod> {
  const { mounts } = shownMounts(context, infra);
  const options = securityOptions(infra, shownSpec(context, infra));
  return { ...(mounts.length > 0 && { mounts }), ...(options.length > 0 && { security_opt: options }) };
}

const orNull = <T>(list: readonly T[] | undefined): readonly T[] | null => (list === undefined || list.length === 0 ? null : list);

function infraOf({ config }: ContainerRecord, { create }: PodRecord): InspectPodInfra {
  const { network = {}, namespaces = {} } = config.create;
  const [first] = config.network.networks;
  const { cpuPeriodMicros, cpuQuotaMicros, cpusetCpus } = create.resources ?? {};
  return {
    PortBindings: portBindings(config.network.ports), HostNetwork: config.network.mode === "host", StaticIP: first?.staticIps?.[0] ?? "", StaticMAC: first?.staticMac ?? "",
    NoManageResolvConf: network.noResolvConf ?? false, DNSServer: orNull(network.dnsServers), DNSSearch: orNull(network.dnsSearch), DNSOption: orNull(network.dnsOptions),
    NoManageHostname: network.noHostname ?? false, NoManageHosts: network.noHosts ?? false, HostAdd: orNull(network.addHosts), HostsFile: network.baseHostsFile ?? "",
    Networks: orNull(config.network.networks.map(({ name }) => name)), NetworkOptions: network.networkOptions ?? null,
    ...(cpuPeriodMicros === undefined ? {} : { cpu_period: cpuPeriodMicros }), ...(cpuQuotaMicros === undefined ? {} : { cpu_quota: cpuQuotaMicros }), ...(cpusetCpus === undefined ? {} : { cpuset_cpus: cpusetCpus }),
    pid_ns: namespaces.pid?.mode ?? "private", userns: namespaces.user?.mode ?? "host", uts_ns: namespaces.uts?.mode ?? "private",
  };
}

function limitsOf({ create }: PodRecord): Partial<InspectPod> {
  const { cpuPeriodMicros, cpuQuotaMicros, cpuShares, cpusetCpus, cpusetMems, memoryBytes, memorySwapBytes, blkioWeight } = create.resources ?? {};
  const limits = {
    cpu_period: cpuPeriodMicros, cpu_quota: cpuQuotaMicros, cpu_shares: cpuShares, cpuset_cpus: cpusetCpus, cpuset_mems: cpusetMems, memory_limit: memoryBytes, memory_swap: memorySwapBytes, blkio_weight: blkioWeight,
    volumes_from: create.infra?.storage?.volumesFrom,
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
