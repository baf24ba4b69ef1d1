/**
 * PodCreate ↔ Podman's PodSpecGenerator JSON (`POST /libpod/pods/create`). Most of it is named as in the body of a container, and is
 * the infra container's. Pure.
 */
import { EngineError } from "../../base/errors.ts";
import { count, list, map, part, some, text } from "../container/spec-generator/absent.ts";
import { namespacesFromWire, namespacesToWire, networkFromWire, networkToWire, securityFromWire, securityToWire } from "../container/spec-generator/isolation.ts";
import { resourcesFromWire, resourcesToWire } from "../container/spec-generator/resources.ts";
import { storageFromWire, storageToWire } from "../container/spec-generator/storage.ts";
import type { Maybe, SpecGenerator } from "../container/spec-generator/types.ts";
import type { ContainerCreate, DeviceCreate, SecurityCreate } from "../types/container-create.ts";
import type { PodCreate } from "../types/pod.ts";

type List = Maybe<readonly string[]>;
export interface PodSpecGenerator extends SpecGenerator {
  readonly exit_policy?: Maybe<string>; readonly no_infra?: Maybe<boolean>; readonly infra_conmon_pid_file?: Maybe<string>; readonly infra_command?: List;
  readonly infra_image?: Maybe<string>; readonly infra_name?: Maybe<string>; readonly shared_namespaces?: List; readonly share_parent?: Maybe<boolean>;
  readonly pod_create_command?: List; readonly pod_devices?: List; readonly security_opt?: List; readonly serviceContainerID?: Maybe<string>;
  readonly no_manage_resolv_conf?: Maybe<boolean>; readonly no_manage_hostname?: Maybe<boolean>; readonly no_manage_hosts?: Maybe<boolean>; readonly hostsFile?: Maybe<string>;
}

/** @throws invalid-argument when the body is no object */
export function createFromWire(wire: PodSpecGenerator): PodCreate {
  if (typeof wire !== "object" || Array.isArray(wire)) throw new EngineError("invalid-argument", "decode(): the body is not a pod's specification");
  const policy = text(wire.restart_policy);
  const { cgroupParent, ...resources } = resourcesFromWire(wire) ?? {};
  return {
    ...part<PodCreate>({
      name: text(wire.name), hostname: text(wire.hostname), labels: map(wire.labels), exitPolicy: exitPolicyOf(text(wire.exit_policy)), share: some(wire.shared_namespaces),
      shareParent: some(wire.share_parent), cgroupParent, createCommand: list(wire.pod_create_command), resources: part<NonNullable<PodCreate["resources"]>>(resources), serviceContainer: text(wire.serviceContainerID),
      restart: policy === undefined ? undefined : { policy: policy as NonNullable<PodCreate["restart"]>["policy"], ...(count(wire.restart_tries) !== undefined && { maxRetries: wire.restart_tries ?? 0 }) },
    }),
    ...(wire.no_infra === true ? {} : { infra: infraFromWire(wire) }),
  };
}

/** @throws invalid-argument */
export function exitPolicyOf(value: string | undefined): "continue" | "stop" | undefined {
  if (value === undefined || value === "continue" || value === "stop") return value;
  throw new EngineError("invalid-argument", `running pod create option: invalid pod exit policy: ${JSON.stringify(value)}`);
}

function infraFromWire(wire: PodSpecGenerator): ContainerCreate {
  const network: SpecGenerator = { ...wire, use_image_resolve_conf: wire.no_manage_resolv_conf, use_image_hosts: wire.no_manage_hosts, use_image_hostname: wire.no_manage_hostname, base_hosts_file: wire.hostsFile };
  const devices = list(wire.pod_devices)?.map(deviceFromWire);
  const storage = storageFromWire(wire);
  return part<ContainerCreate>({
    name: text(wire.infra_name), image: text(wire.infra_image), entrypoint: list(wire.infra_command), conmonPidFile: text(wire.infra_conmon_pid_file),
    security: part<SecurityCreate>({ ...securityFromWire(wire), ...optionsFromWire(wire.security_opt ?? []) }), namespaces: namespacesFromWire(wire), network: networkFromWire(network),
    storage: devices === undefined ? storage : { ...storage, devices },
  }) ?? {};
}

function deviceFromWire(line: string): DeviceCreate {
  const [hostPath = "", containerPath, permissions] = line.split(":");
  return { hostPath, ...(containerPath !== undefined && { containerPath }), ...(permissions !== undefined && { permissions }) };
}
const deviceToWire = ({ hostPath, containerPath, permissions }: DeviceCreate): string => [hostPath, containerPath, permissions].filter((word) => word !== undefined).join(":");

function optionsFromWire(options: readonly string[]): Partial<SecurityCreate> {
  const of = (name: string): string | undefined => options.find((option) => option.startsWith(`${name}=`) || option.startsWith(`${name}:`))?.slice(name.length + 1);
  const labels = options.filter((option) => /^label[=:]/.test(option)).map((option) => option.slice("label=".length));
  return part<SecurityCreate>({
    seccomp: of("seccomp"), apparmor: of("apparmor"), selinux: list(labels), mask: of("mask")?.split(":"), unmask: of("unmask")?.split(":"), procOpts: of("proc-opts")?.split(","),
    noNewPrivileges: options.some((option) => /^no-new-privileges(?:[=:]true)?$/.test(option)) ? true : undefined,
  }) ?? {};
}
function optionsToWire({ seccomp, apparmor, selinux = [], mask, unmask, procOpts, noNewPrivileges }: SecurityCreate): readonly string[] {
  const one = (name: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [`${name}=${value}`]);
  return [
    ...one("seccomp", seccomp), ...one("apparmor", apparmor), ...selinux.map((label) => `label=${label}`), ...one("mask", mask?.join(":")), ...one("unmask", unmask?.join(":")),
    ...one("proc-opts", procOpts?.join(",")), ...(noNewPrivileges === true ? ["no-new-privileges"] : []),
  ];
}

export function createToWire(pod: PodCreate): PodSpecGenerator {
  const { infra, resources, restart } = pod;
  return {
    ...(infra === undefined ? { no_infra: true } : infraToWire(infra)),
    ...(resources === undefined ? {} : resourcesToWire(resources)),
    ...part<PodSpecGenerator>({
      name: pod.name, hostname: pod.hostname, labels: pod.labels, exit_policy: pod.exitPolicy, shared_namespaces: pod.share, share_parent: pod.shareParent, cgroup_parent: pod.cgroupParent,
      pod_create_command: pod.createCommand, restart_policy: restart?.policy, restart_tries: restart?.maxRetries, serviceContainerID: pod.serviceContainer,
    }),
  };
}

function infraToWire({ name, image, entrypoint, conmonPidFile, security, namespaces, network, storage }: ContainerCreate): PodSpecGenerator {
  const { use_image_resolve_conf, use_image_hosts, use_image_hostname, base_hosts_file, ...net } = networkToWire(network);
  const { devices, ...rest } = storage ?? {};
  const options = optionsToWire(security ?? {});
  return {
    ...securityToWire(security), ...namespacesToWire(namespaces), ...net, ...storageToWire(rest),
    ...part<PodSpecGenerator>({
      infra_name: name, infra_image: image, infra_command: entrypoint, infra_conmon_pid_file: conmonPidFile, pod_devices: devices?.map(deviceToWire), security_opt: list(options),
      no_manage_resolv_conf: use_image_resolve_conf, no_manage_hosts: use_image_hosts, no_manage_hostname: use_image_hostname, hostsFile: base_hosts_file,
    }),
  };
}
