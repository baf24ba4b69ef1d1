/** Annotations that Podman puts on every container, for systemd, the runtime and `inspect`. */
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import type { SpecInput } from "./input.ts";

export function annotationsOf(input: SpecInput): Record<string, string> {
  const { config } = input.record;
  return {
    ...createdAnnotations(input),
    "org.opencontainers.image.stopSignal": String(config.stopSignal),
    ...(config.stopSignal === 0 ? {} : { "org.systemd.property.KillSignal": String(config.stopSignal) }),
    ...(config.stopTimeoutSeconds === 0 ? {} : { "org.systemd.property.TimeoutStopUSec": `uint64 ${config.stopTimeoutSeconds * 1_000_000}` }),
    "io.container.manager": config.annotations["io.container.manager"] ?? "libpod",
    ...input.annotations,
  };
}

/** Those that a container has before it starts. */
export function createdAnnotations({ record, initBinary, config: engine }: SpecInput): Record<string, string> {
  const { config } = record;
  const { create } = config;
  const privileged = create.security?.privileged ?? engine.containers.privileged;
  return {
    ...config.annotations,
    ...(create.remove === true ? { "io.podman.annotations.autoremove": "TRUE" } : {}),
    ...(create.removeImage === true ? { "io.podman.annotations.autoremove-image": "TRUE" } : {}),
    ...(create.storage?.volumesFrom === undefined || create.storage.volumesFrom.length === 0 ? {} : { "io.podman.annotations.volumes-from": create.storage.volumesFrom.join(";") }),
    ...(privileged ? { "io.podman.annotations.privileged": "TRUE" } : {}),
    ...(initBinary === undefined ? {} : { "io.podman.annotations.init": "TRUE" }),
    ...inspectAnnotations(create),
    ...(create.groupAdd?.includes("keep-groups") === true ? { "run.oci.keep_original_groups": "1" } : {}),
  };
}

/** What `inspect` shows of the command line: Podman keeps it here, and so do we, for those who read it. */
function inspectAnnotations({ security = {}, resources = {}, network }: ContainerCreate): Record<string, string> {
  const pairs: (readonly [string, string | undefined])[] = [
    ["label", security.selinux === undefined || security.selinux.length === 0 ? undefined : security.selinux.join(",label=")],
    ["seccomp", security.seccomp], ["apparmor", security.apparmor], ["cpuset", resources.cpusetCpus], ["memory-nodes", resources.cpusetMems],
    ["pids-limit", resources.pidsLimit === undefined ? undefined : String(resources.pidsLimit)], ["publish-all", network?.publishAll === true ? "TRUE" : undefined],
  ];
  return Object.fromEntries(pairs.flatMap(([name, value]) => value === undefined || value === "" ? [] : [[`io.podman.annotations.${name}`, value]]));
}
