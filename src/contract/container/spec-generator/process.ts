/** SpecGenerator ↔ ContainerCreate: the process, its names and its life. Pure. */
import { parseSignal } from "../../../formats/create/signal.ts";
import type { ContainerCreate, HealthCreate } from "../../types/container-create.ts";
import { count, list, map, on, part, some, text } from "./absent.ts";
import type { SpecGenerator, WireHealth } from "./types.ts";

type Part = Partial<ContainerCreate>;

export function processFromWire(wire: SpecGenerator): Part {
  return part<Part>({ ...identityFromWire(wire), ...environmentFromWire(wire), ...lifeFromWire(wire), ...imageFromWire(wire) }) ?? {};
}

function identityFromWire(wire: SpecGenerator): { [K in keyof Part]: Part[K] | undefined } {
  return {
    name: text(wire.name), pod: text(wire.pod), command: list(wire.command),
    // An empty list is an answer here: it clears the image's entrypoint.
    entrypoint: some(wire.entrypoint), labels: map(wire.labels), annotations: map(wire.annotations), hostname: text(wire.hostname), workdir: text(wire.work_dir),
    user: text(wire.user), groupAdd: list(wire.groups), hostUsers: list(wire.hostusers), createCommand: list(wire.containerCreateCommand), dependencies: list(wire.dependencyContainers),
    passwd: wire.manage_password === false ? false : undefined, passwdEntry: text(wire.passwd_entry), groupEntry: text(wire.group_entry),
    secrets: list(wire.secrets)?.map(({ Source, Target, UID, GID, Mode }) => ({ source: Source, ...(text(Target) !== undefined && { target: Target ?? "" }), ...(UID !== undefined && { uid: UID }), ...(GID !== undefined && { gid: GID }), ...(Mode !== undefined && { mode: Mode }) })),
    secretEnv: map(wire.secret_env), terminal: on(wire.terminal), stdin: on(wire.stdin),
  };
}

function environmentFromWire(wire: SpecGenerator): { [K in keyof Part]: Part[K] | undefined } {
  return {
    env: map(wire.env), envHost: on(wire.env_host), httpProxy: some(wire.httpproxy), unsetEnv: list(wire.unsetenv), unsetEnvAll: on(wire.unsetenvall), timezone: text(wire.timezone), umask: text(wire.umask), personality: text(wire.personality?.domain), chrootDirs: list(wire.chroot_directories),
    envMerge: list(wire.envmerge) === undefined ? undefined : Object.fromEntries((wire.envmerge ?? []).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])),
  };
}

function lifeFromWire(wire: SpecGenerator): { [K in keyof Part]: Part[K] | undefined } {
  const policy = text(wire.restart_policy);
  return {
    remove: on(wire.remove), removeImage: on(wire.removeImage), init: on(wire.init), initPath: text(wire.init_path), timeoutSeconds: count(wire.timeout),
    stopSignal: count(wire.stop_signal) === undefined ? undefined : String(wire.stop_signal), stopTimeoutSeconds: some(wire.stop_timeout),
    restart: policy === undefined ? undefined : { policy: policy as NonNullable<Part["restart"]>["policy"], ...(count(wire.restart_tries) !== undefined && { maxRetries: wire.restart_tries ?? 0 }) },
    systemd: text(wire.systemd) as Part["systemd"], sdnotify: text(wire.sdnotifyMode) as Part["sdnotify"], ociRuntime: text(wire.oci_runtime),
    initContainerType: text(wire.init_container_type) as Part["initContainerType"],
    log: part<NonNullable<Part["log"]>>({ driver: text(wire.log_configuration?.driver), path: text(wire.log_configuration?.path), maxSizeBytes: count(wire.log_configuration?.size), tag: text(wire.log_configuration?.options?.["tag"]) }),
    health: healthFromWire(wire),
  };
}

function imageFromWire(wire: SpecGenerator): { [K in keyof Part]: Part[K] | undefined } {
  const rootfs = text(wire.rootfs);
  const image = text(wire.raw_image_name) ?? text(wire.image);
  return {
    image: rootfs === undefined ? image : undefined,
    imageId: rootfs === undefined && image !== text(wire.image) && /^[0-9a-f]{64}$/.test(wire.image ?? "") ? text(wire.image) : undefined,
    rootfs: rootfs === undefined ? undefined : { path: rootfs, ...(wire.rootfs_overlay === true && { overlay: true }), ...(text(wire.rootfs_mapping) !== undefined && { idmap: (wire.rootfs_mapping ?? "").replace(/^idmap=?/, "") }) },
    platform: part<NonNullable<Part["platform"]>>({ os: text(wire.image_os), arch: text(wire.image_arch), variant: text(wire.image_variant) }),
    imageVolumeMode: text(wire.image_volume_mode)?.replace("bind", "anonymous") as Part["imageVolumeMode"],
  };
}

const onFailure = ["none", "invalid", "kill", "restart", "stop"] as const;

function healthFromWire(wire: SpecGenerator): HealthCreate | undefined {
  const check = wire.healthconfig;
  const action = onFailure[wire.health_check_on_failure_action ?? 0];
  const given = part<HealthCreate>({
    test: list(check?.Test), intervalNanos: count(check?.Interval), timeoutNanos: count(check?.Timeout), startPeriodNanos: count(check?.StartPeriod), retries: count(check?.Retries),
    onFailure: action === "none" || action === "invalid" ? undefined : action,
    startup: startupFromWire(wire.startupHealthConfig),
  });
  // Podman's clients always send these three; alone they say nothing.
  return given === undefined ? undefined : part<HealthCreate>({ ...given, logDestination: text(wire.healthLogDestination), maxLogCount: some(wire.healthMaxLogCount), maxLogSize: some(wire.healthMaxLogSize) });
}
function startupFromWire(wire: WireHealth | null | undefined): HealthCreate["startup"] {
  if (wire?.Test === undefined || wire.Test === null) return undefined;
  return part<NonNullable<HealthCreate["startup"]>>({ test: wire.Test, intervalNanos: count(wire.Interval), timeoutNanos: count(wire.Timeout), retries: count(wire.Retries), successes: count(wire.Successes) });
}

export function processToWire(create: ContainerCreate): SpecGenerator {
  return {
    ...part<SpecGenerator>({
      name: create.name, pod: create.pod, command: create.command, entrypoint: create.entrypoint, labels: create.labels, annotations: create.annotations, hostname: create.hostname,
      work_dir: create.workdir, user: create.user, groups: create.groupAdd, hostusers: create.hostUsers, containerCreateCommand: create.createCommand, dependencyContainers: create.dependencies,
      manage_password: create.passwd, passwd_entry: create.passwdEntry, group_entry: create.groupEntry, secret_env: create.secretEnv, terminal: create.terminal, stdin: create.stdin,
      secrets: create.secrets?.map(({ source, target, uid, gid, mode }) => ({ Source: source, Target: target ?? "", UID: uid ?? 0, GID: gid ?? 0, Mode: mode ?? 0 })),
      env: create.env, env_host: create.envHost, httpproxy: create.httpProxy, unsetenv: create.unsetEnv, unsetenvall: create.unsetEnvAll, timezone: create.timezone, umask: create.umask, personality: create.personality === undefined ? undefined : { domain: create.personality }, chroot_directories: create.chrootDirs,
      envmerge: create.envMerge === undefined ? undefined : Object.entries(create.envMerge).map(([name, value]) => `${name}=${value}`),
      remove: create.remove, removeImage: create.removeImage, init: create.init, init_path: create.initPath, timeout: create.timeoutSeconds,
      stop_signal: create.stopSignal === undefined ? undefined : parseSignal(create.stopSignal), stop_timeout: create.stopTimeoutSeconds,
      restart_policy: create.restart?.policy, restart_tries: create.restart?.maxRetries, systemd: create.systemd, sdnotifyMode: create.sdnotify, oci_runtime: create.ociRuntime, init_container_type: create.initContainerType,
      log_configuration: create.log === undefined ? undefined : part({ driver: create.log.driver, path: create.log.path, size: create.log.maxSizeBytes, options: create.log.tag === undefined ? undefined : { tag: create.log.tag } }),
      image: create.rootfs === undefined ? create.imageId ?? create.image : undefined, raw_image_name: create.rootfs === undefined ? create.image : undefined,
      rootfs: create.rootfs?.path, rootfs_overlay: create.rootfs?.overlay, rootfs_mapping: create.rootfs?.idmap === undefined ? undefined : `idmap${create.rootfs.idmap === "" ? "" : `=${create.rootfs.idmap}`}`,
      image_os: create.platform?.os, image_arch: create.platform?.arch, image_variant: create.platform?.variant, image_volume_mode: create.imageVolumeMode,
    }),
    ...healthToWire(create.noHealthcheck === true ? { ...create.health, test: ["NONE"] } : create.health),
  };
}

/** Podman takes the three log settings as they come, so that they may not be absent. */
function healthToWire(health: HealthCreate = {}): SpecGenerator {
  const check = part<WireHealth>({ Test: health.test, Interval: health.intervalNanos, Timeout: health.timeoutNanos, StartPeriod: health.startPeriodNanos, Retries: health.retries });
  const startup = health.startup;
  return {
    healthLogDestination: health.logDestination ?? "local", healthMaxLogCount: health.maxLogCount ?? 5, healthMaxLogSize: health.maxLogSize ?? 500,
    ...(check !== undefined && { healthconfig: check }),
    ...(health.onFailure !== undefined && { health_check_on_failure_action: onFailure.indexOf(health.onFailure) }),
    ...(startup !== undefined && { startupHealthConfig: { Test: startup.test, ...part<WireHealth>({ Interval: startup.intervalNanos, Timeout: startup.timeoutNanos, Retries: startup.retries, Successes: startup.successes }) } }),
  };
}
