/** Limits: for `run`, `create` and `update`. */
import { parsePairs } from "../../formats/create/pairs.ts";
import { parseByteRate, parseIoRate, parseUlimit, parseWeight } from "../../formats/create/resources.ts";
import { parseSize, parseSizeOrUnlimited } from "../../formats/create/size.ts";
import type { ResourcesCreate } from "../../contract/types/container-create.ts";
import type { ValuesOf } from "../kit/types.ts";
import type { limitFlags } from "./flags-resources.ts";
import { dropUndefined, usage, type CreateFlags, type FlagContext } from "./index.ts";

type Changed = Pick<FlagContext, "changed">;

export function resourcesPart(context: Changed, flags: CreateFlags): ResourcesCreate | undefined {
  const conf = flags.cgroupConf ?? [];
  const part = dropUndefined<ResourcesCreate>({
    ...limitsPart(context, flags),
    oomKillDisable: flags.oomKillDisable || undefined, oomScoreAdj: flags.oomScoreAdj,
    ulimits: flags.ulimit?.map(parseUlimit), cgroupParent: flags.cgroupParent, rdtClass: flags.rdtClass === "" ? undefined : flags.rdtClass,
    cgroups: context.changed("cgroups") ? cgroupsMode(flags.cgroups) : undefined,
    unified: conf.length === 0 ? undefined : parsePairs(conf, () => "--cgroup-conf must be formatted KEY=VALUE"),
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

/** The limits that `update` changes too. */
export function limitsPart(context: Changed, flags: ValuesOf<typeof limitFlags>): ResourcesCreate {
  const given = <T>(name: string, value: T): T | undefined => context.changed(name) ? value : undefined;
  if (context.changed("cpus") && context.changed("cpu-period")) throw usage("--cpu-period and --cpus cannot be set together");
  if (context.changed("cpus") && context.changed("cpu-quota")) throw usage("--cpu-quota and --cpus cannot be set together");
  return dropUndefined<ResourcesCreate>({
    cpuPeriodMicros: given("cpu-period", flags.cpuPeriod), cpuQuotaMicros: given("cpu-quota", flags.cpuQuota),
    cpuRtPeriodMicros: given("cpu-rt-period", flags.cpuRtPeriod), cpuRtRuntimeMicros: given("cpu-rt-runtime", flags.cpuRtRuntime),
    cpuShares: given("cpu-shares", flags.cpuShares), cpus: given("cpus", flags.cpus),
    cpusetCpus: flags.cpusetCpus, cpusetMems: flags.cpusetMems,
    ...memory(context, flags), pidsLimit: flags.pidsLimit,
    blkioWeight: flags.blkioWeight === undefined ? undefined : blkioWeight(flags.blkioWeight),
    blkioWeightDevice: flags.blkioWeightDevice?.map(parseWeight),
    deviceReadBps: flags.deviceReadBps?.map(parseByteRate), deviceWriteBps: flags.deviceWriteBps?.map(parseByteRate),
    deviceReadIops: flags.deviceReadIops?.map(parseIoRate), deviceWriteIops: flags.deviceWriteIops?.map(parseIoRate),
  });
}

function memory(context: Changed, flags: ValuesOf<typeof limitFlags>): Partial<ResourcesCreate> {
  const size = (text: string | undefined, parse: (text: string) => number): number | undefined => {
    if (text === undefined) return undefined;
    try { return parse(text); } catch (error) { throw usage(`invalid value for memory: ${error instanceof Error ? error.message : String(error)}`); }
  };
  return dropUndefined<Partial<ResourcesCreate>>({
    memoryBytes: size(flags.memory, parseSize), memoryReservationBytes: size(flags.memoryReservation, parseSize),
    memorySwapBytes: size(flags.memorySwap, parseSizeOrUnlimited),
    memorySwappiness: context.changed("memory-swappiness") ? flags.memorySwappiness : undefined,
  });
}

function blkioWeight(text: string): number {
  if (!/^\d+$/.test(text)) throw usage(`invalid value for blkio-weight: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function cgroupsMode(text: string): "enabled" | "disabled" | "no-conmon" | "split" {
  if (text === "enabled" || text === "disabled" || text === "no-conmon" || text === "split") return text;
  throw usage(`running container create option: invalid cgroup mode "${text}": invalid argument`);
}
