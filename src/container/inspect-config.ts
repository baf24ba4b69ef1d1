/** `Config` of inspect. */
import { signalName } from "../base/signals.ts";
import type { HealthCreate } from "../contract/types/container-create.ts";
import type { InspectConfig, InspectHealthcheck } from "../contract/types/container-inspect.ts";
import { portBindings } from "./inspect-network.ts";
import type { ShownSpec } from "./inspect-spec.ts";
import type { ContainerRecord } from "./record.ts";

const orNull = <T extends object>(value: T): T | null => (Object.keys(value).length === 0 ? null : value);

export function inspectConfig({ config }: ContainerRecord, spec: ShownSpec, defaultUmask: string): InspectConfig {
  const { create, health } = config;
  const exposed = Object.fromEntries([...config.expose ?? [], ...Object.keys(portBindings(config.network.ports))].map((port) => [port, {}]));
  return {
    Hostname: config.hostname, Domainname: "", User: config.user, AttachStdin: false, AttachStdout: false, AttachStderr: false, Tty: config.terminal,
    OpenStdin: config.stdin, StdinOnce: false, Env: spec.process.env, Cmd: orNull(config.command), Image: config.imageName ?? "", Volumes: null,
    WorkingDir: spec.process.cwd, Entrypoint: orNull(config.entrypoint), OnBuild: null, Labels: orNull(config.labels), Annotations: orNull(spec.annotations ?? {}),
    StopSignal: signalName(config.stopSignal),
    ...(health?.startup === undefined ? {} : { StartupHealthCheck: { ...healthcheck(health.startup), ...(health.startup.successes === undefined ? {} : { Successes: health.startup.successes }) } }),
    ...(health === undefined ? disabledHealth(create.health) : { Healthcheck: healthcheck(health) }),
    HealthcheckOnFailureAction: health?.onFailure ?? create.health?.onFailure ?? "none", HealthLogDestination: health?.logDestination ?? "local",
    HealthcheckMaxLogCount: health?.maxLogCount ?? 5, HealthcheckMaxLogSize: health?.maxLogSize ?? 500,
    ...(create.createCommand === undefined || create.createCommand.length === 0 ? {} : { CreateCommand: create.createCommand }),
    ...(create.timezone === undefined ? {} : { Timezone: create.timezone }), ...(config.systemd === true ? { SystemdMode: true } : {}),
    Umask: (create.umask ?? defaultUmask).padStart(4, "0"),
    ...((create.secrets ?? []).length === 0 ? {} : { Secrets: (create.secrets ?? []).map(({ source, id = source, uid = 0, gid = 0, mode = 0o444 }) => ({ Name: source, ID: id, UID: uid, GID: gid, Mode: mode })) }),
    Timeout: create.timeoutSeconds ?? 0, StopTimeout: config.stopTimeoutSeconds, Passwd: create.passwd ?? true, ...(create.chrootDirs === undefined ? {} : { ChrootDirs: create.chrootDirs }), sdNotifyMode: create.sdnotify ?? "container", ...(config.notifySocket === undefined ? {} : { sdNotifySocket: config.notifySocket }),
    ...(Object.keys(exposed).length === 0 ? {} : { ExposedPorts: exposed }),
  };
}

/** That somebody turned the image's check off is shown too. */
function disabledHealth(asked: HealthCreate | undefined): { readonly Healthcheck?: InspectHealthcheck } {
  return asked?.test?.[0] === "NONE" ? { Healthcheck: healthcheck(asked) } : {};
}

function healthcheck(health: Pick<HealthCreate, "test" | "intervalNanos" | "timeoutNanos" | "startPeriodNanos" | "retries">): InspectHealthcheck {
  const some = (key: string, value: number | undefined): object => (value === undefined || value === 0 ? {} : { [key]: value });
  return {
    ...(health.test === undefined ? {} : { Test: health.test }), ...some("StartPeriod", health.startPeriodNanos), ...some("Interval", health.intervalNanos),
    ...some("Timeout", health.timeoutNanos), ...some("Retries", health.retries),
  };
}
