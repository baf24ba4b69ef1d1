/** Limits: from the container's settings to OCI `linux.resources`, for cgroup v1 and v2 (the runtime converts). */
import { EngineError } from "../../base/errors.ts";
import type { DeviceRate, ResourcesCreate } from "../../contract/types/container-create.ts";
import { deviceNumbers } from "./devices.ts";
import type { SpecResources } from "./types.ts";

const cpuPeriodMicros = 100_000;

/**
 * Without `devices`. `defaultPidsLimit` is containers.conf's; 0 and below mean none.
 * @throws EngineError invalid-argument with Podman's sentences for impossible combinations
 */
export function resourcesOf(wanted: ResourcesCreate, defaultPidsLimit: number, cgroupVersion: 1 | 2): SpecResources {
  const memory = memoryOf(wanted);
  const cpu = cpuOf(wanted, cgroupVersion);
  const pids = pidsOf(wanted.pidsLimit ?? defaultPidsLimit);
  const blockIO = blockIoOf(wanted);
  if (wanted.unified !== undefined && Object.keys(wanted.unified).length > 0 && cgroupVersion === 1) throw new EngineError("invalid-argument", "cannot use --cgroup-conf without cgroup v2");
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(pids === undefined ? {} : { pids }),
    ...(blockIO === undefined ? {} : { blockIO }),
    ...(wanted.hugepageLimits === undefined ? {} : { hugepageLimits: wanted.hugepageLimits.map(({ pageSize, limitBytes }) => ({ pageSize, limit: limitBytes })) }),
    ...(wanted.unified === undefined ? {} : { unified: { ...wanted.unified } }),
  };
}

/** `-1` takes away any limit, `0` leaves the cgroup's own. */
const pidsOf = (limit: number): SpecResources["pids"] => limit === 0 ? undefined : { limit };

const nonEmpty = <T extends object>(value: T): T | undefined => Object.keys(value).length === 0 ? undefined : value;

function memoryOf(wanted: ResourcesCreate): SpecResources["memory"] {
  const { memoryBytes: limit, memorySwapBytes: swap, memoryReservationBytes: reservation, memorySwappiness: swappiness } = wanted;
  if (swap !== undefined && swap > 0) {
    if (limit === undefined) throw new EngineError("invalid-argument", "you should always set a memory limit when using a memoryswap limit, see usage");
    if (swap < limit) throw new EngineError("invalid-argument", "minimum memoryswap limit should be larger than memory limit, see usage");
  }
  if (swappiness !== undefined && (swappiness > 100 || swappiness < -1)) throw new EngineError("invalid-argument", `invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
  if (limit !== undefined && reservation !== undefined && limit < reservation) throw new EngineError("invalid-argument", "minimum memory limit cannot be less than memory reservation limit, see usage");
  return nonEmpty({
    ...(limit === undefined ? {} : { limit }),
    ...(swap === undefined ? {} : { swap }),
    ...(reservation === undefined ? {} : { reservation }),
    ...(swappiness === undefined || swappiness < 0 ? {} : { swappiness }),
    ...(wanted.kernelMemoryBytes === undefined ? {} : { kernel: wanted.kernelMemoryBytes }),
    ...(wanted.oomKillDisable === true ? { disableOOMKiller: true } : {}),
  });
}

function cpuOf(wanted: ResourcesCreate, cgroupVersion: 1 | 2): SpecResources["cpu"] {
  const fromCpus = wanted.cpus === undefined || wanted.cpus === 0 ? undefined : { period: cpuPeriodMicros, quota: Math.round(wanted.cpus * cpuPeriodMicros) };
  const period = wanted.cpuPeriodMicros ?? fromCpus?.period;
  const quota = wanted.cpuQuotaMicros ?? fromCpus?.quota;
  if (cgroupVersion === 1 && period !== undefined && (period < 1000 || period > 1_000_000)) throw new EngineError("invalid-argument", "CPU cfs period cannot be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  if (cgroupVersion === 1 && quota !== undefined && quota > 0 && quota < 1000) throw new EngineError("invalid-argument", "CPU cfs quota cannot be less than 1ms (i.e. 1000)");
  return nonEmpty({
    ...(wanted.cpuShares === undefined ? {} : { shares: wanted.cpuShares }),
    ...(quota === undefined ? {} : { quota }),
    ...(period === undefined ? {} : { period }),
    // cgroup v2 has no real-time scheduling limits.
    ...(wanted.cpuRtRuntimeMicros === undefined || cgroupVersion === 2 ? {} : { realtimeRuntime: wanted.cpuRtRuntimeMicros }),
    ...(wanted.cpuRtPeriodMicros === undefined || cgroupVersion === 2 ? {} : { realtimePeriod: wanted.cpuRtPeriodMicros }),
    ...(wanted.cpusetCpus === undefined ? {} : { cpus: wanted.cpusetCpus }),
    ...(wanted.cpusetMems === undefined ? {} : { mems: wanted.cpusetMems }),
  });
}

function blockIoOf(wanted: ResourcesCreate): object | undefined {
  const weight = wanted.blkioWeight;
  if (weight !== undefined && (weight < 10 || weight > 1000)) throw new EngineError("invalid-argument", "range of blkio weight is from 10 to 1000");
  const rates = (list: readonly DeviceRate[] | undefined, key: string, flag: string): object =>
    list === undefined || list.length === 0 ? {} : { [key]: list.map(({ path, rate }) => ({ ...deviceNumbers(path, flag), rate })) };
  return nonEmpty({
    ...(weight === undefined ? {} : { weight }),
    ...(wanted.blkioWeightDevice === undefined || wanted.blkioWeightDevice.length === 0 ? {}
      : { weightDevice: wanted.blkioWeightDevice.map((device) => ({ ...deviceNumbers(device.path, "blkio weight"), weight: device.weight })) }),
    ...rates(wanted.deviceReadBps, "throttleReadBpsDevice", "throttle"),
    ...rates(wanted.deviceWriteBps, "throttleWriteBpsDevice", "throttle"),
    ...rates(wanted.deviceReadIops, "throttleReadIOPSDevice", "throttle"),
    ...rates(wanted.deviceWriteIops, "throttleWriteIOPSDevice", "throttle"),
  });
}
