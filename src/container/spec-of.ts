/** From a container back to what would create its like: for clone and `generate spec`. Pure. */
import { shortId } from "../base/ids.ts";
import type { ContainerCreate, MountCreate, NetworkAttach, NetworkCreate, ResourcesCreate } from "../contract/types/container-create.ts";
import type { ContainerRecord } from "./record.ts";

/**
 * What the container is now, settled: the image's share of command, environment and health check is in it, as are mounts from other
 * containers, networks that it was connected to and limits that were changed. Named volumes are shared, anonymous ones too. Without name.
 */
export function specOf({ id, config }: ContainerRecord): ContainerCreate {
  const { name: _name, pidFile: _pidFile, conmonPidFile: _conmonPidFile, envHost: _envHost, envMerge: _envMerge, unsetEnv: _unsetEnv, ...create } = config.create;
  return {
    ...create, ...(config.imageId === undefined ? {} : { imageId: config.imageId }),
    entrypoint: config.entrypoint, command: config.command, unsetEnvAll: true, httpProxy: false, env: config.env, workdir: config.workdir,
    ...(config.user === "" ? {} : { user: config.user }), labels: config.labels, annotations: config.annotations,
    stopTimeoutSeconds: config.stopTimeoutSeconds, ...(config.health === undefined ? {} : { health: config.health }),
    network: networkOf(id, config.network, create.network, create.hostname), storage: storageOf(config, create.storage),
  };
}

function networkOf(id: string, { mode, value, networks, ports }: ContainerRecord["config"]["network"], asked: NetworkCreate = {}, hostname: string | undefined): NetworkCreate {
  const { networks: _networks, ports: _ports, publishAll: _publishAll, ...rest } = asked;
  const own = new Set([shortId(id), hostname ?? ""]);
  const attached = networks.map((network): NetworkAttach => ({ ...network, ...(network.aliases === undefined ? {} : { aliases: network.aliases.filter((alias) => !own.has(alias)) }) }));
  return { ...rest, mode: { mode, ...(value === undefined ? {} : { value }) }, ...(attached.length === 0 ? {} : { networks: attached }), ...(ports.length === 0 ? {} : { ports }) };
}

function storageOf({ mounts = [], volumes }: ContainerRecord["config"], asked: ContainerCreate["storage"] = {}): NonNullable<ContainerCreate["storage"]> {
  const { volumesFrom: _volumesFrom, mounts: _mounts, ...rest } = asked;
  const named = volumes.map(({ name, destination, options, subpath }): MountCreate => ({ type: "volume", source: name, destination, options, ...(subpath === undefined ? {} : { subpath }) }));
  return { ...rest, mounts: [...mounts, ...named] };
}

/** New limits over old ones; `cpus` and what it stands for replace each other. */
export function mergeResources(before: ResourcesCreate | undefined, change: ResourcesCreate): ResourcesCreate {
  const { cpus, cpuPeriodMicros, cpuQuotaMicros, ...rest } = before ?? {};
  if (change.cpus !== undefined) return { ...rest, ...change };
  const isSlice = change.cpuPeriodMicros !== undefined || change.cpuQuotaMicros !== undefined;
  return {
    ...rest, ...(cpus === undefined || isSlice ? {} : { cpus }), ...(cpuPeriodMicros === undefined ? {} : { cpuPeriodMicros }), ...(cpuQuotaMicros === undefined ? {} : { cpuQuotaMicros }), ...change,
  };
}

/** `web` → `web-clone`, `web-clone1`, …: the first that is free. */
export function clonedName(name: string, isTaken: (name: string) => boolean): string {
  const [, base = name, number = "0"] = /^(.*-clone)(\d*)$/.exec(name) ?? [undefined, `${name}-clone`, undefined];
  if (base !== name && !name.startsWith(base) && !isTaken(base)) return base;
  for (let count = Number(number) + 1; ; count++) if (!isTaken(`${base}${count}`)) return `${base}${count}`;
}
