/** `podman inspect` and its siblings: find each name, print all that were found, then report the rest. */
import { EngineError, isEngineError, messageOf } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { InspectPod } from "../../contract/types/pod.ts";
import { goDuration } from "../../formats/go/duration.ts";
import { goString, goType } from "../../formats/gotemplate/values.ts";
import { usage } from "../flag-values.ts";
import type { CommandContext } from "../kit/types.ts";
import { latestContainer } from "../latest.ts";
import { isJson, renderFormat, renderJson } from "../render.ts";
import { networkReport } from "../network-row.ts";

export type InspectType = "all" | "container" | "image" | "volume" | "network" | "pod";
export interface InspectFlags { readonly format: string | undefined; readonly type: string; readonly size: boolean; readonly latest: boolean }

/** An object as JSON and as templates see it (Go's field names where they differ). */
interface Found { readonly json: object; readonly report: object }
type Finder = (engine: Engine, ref: string, size: boolean) => Promise<Found>;

const containerType = "*define.InspectContainerData";

const finders: Readonly<Record<Exclude<InspectType, "all">, Finder>> = {
  container: async (engine, ref, size) => withId(await engine.container.inspect({ ref, size }), containerType),
  image: async (engine, ref) => withId(await engine.image.inspect({ ref }), "*inspect.ImageData"),
  volume: async (engine, ref) => {
    const { json, report } = withId(await engine.volume.inspect({ ref }), "*define.InspectVolumeData");
    return { json, report: { ...emptyVolume, ...report } };
  },
  network: async (engine, ref) => {
    const network = await engine.network.inspect({ ref });
    return { json: network, report: networkReport(network) };
  },
  pod: async (engine, ref) => {
    const pod = await engine.pod.inspect({ ref });
    const { json, report } = withId(pod, "*define.InspectPodData");
    return { json, report: { ...report, ...goPod(pod) } };
  },
};

/** What Go calls a field of a pod otherwise than the JSON, and what is empty rather than absent. */
function goPod(pod: InspectPod): object {
  return {
    Containers: (pod.Containers ?? []).map((container) => ({ ...container, ID: container.Id })), Mounts: pod.mounts ?? [], VolumesFrom: pod.volumes_from ?? [], SecurityOpts: pod.security_opt ?? [],
    CPUPeriod: pod.cpu_period ?? 0, CPUQuota: pod.cpu_quota ?? 0, CPUShares: pod.cpu_shares ?? 0, CPUSetCPUs: pod.cpuset_cpus ?? "", CPUSetMems: pod.cpuset_mems ?? "",
    MemoryLimit: pod.memory_limit ?? 0, MemorySwap: pod.memory_swap ?? 0, BlkioWeight: pod.blkio_weight ?? 0,
  };
}

/** What the JSON leaves out when it is Go's zero value. */
const emptyVolume = { Status: null, UID: 0, GID: 0, Anonymous: false, NeedsCopyUp: false, NeedsChown: false, Timeout: 0, StorageID: "" };

const emptyState = { StoppedByUser: false, Checkpointed: false, Restored: false, CheckpointLog: "", CheckpointPath: "", RestoreLog: "", CgroupPath: "", ConmonPid: 0 };

/** Templates may say `.ID` where the JSON says `Id`. */
export function withId(json: object, type: string): Found {
  const id = "Id" in json ? { ID: json.Id } : {};
  const state = "State" in json && typeof json.State === "object" ? { State: { ...emptyState, ...json.State, ...healthcheck(json.State) } } : {};
  const config = "Config" in json && typeof json.Config === "object" && type === containerType ? { Config: goConfig(json.Config as Readonly<Record<string, unknown>>) } : {};
  return { json, report: { ...json, ...id, ...state, ...config, [goType]: type } };
}

/** The name that `.State.Health` had. */
const healthcheck = (state: object | null): object => (state !== null && "Health" in state ? { Healthcheck: state.Health } : {});

/** What Go calls a field otherwise than the JSON, and what is empty rather than absent. */
function goConfig(config: Readonly<Record<string, unknown>>): object {
  const { sdNotifyMode = "", sdNotifySocket = "", HealthcheckMaxLogCount = 0, HealthcheckMaxLogSize = 0 } = config;
  const checks = { Healthcheck: goHealth(config["Healthcheck"]), StartupHealthCheck: goHealth(config["StartupHealthCheck"]) };
  return { ...config, ...checks, SdNotifyMode: sdNotifyMode, SdNotifySocket: sdNotifySocket, HealthMaxLogCount: HealthcheckMaxLogCount, HealthMaxLogSize: HealthcheckMaxLogSize };
}

/** Times print as Go's durations; no check is a nil pointer. */
function goHealth(check: unknown): object | null {
  if (typeof check !== "object" || check === null) return null;
  const given = check as Readonly<Record<string, unknown>>;
  const times = Object.fromEntries(["Interval", "Timeout", "StartPeriod"].map((name) => [name, { [goString]: () => goDuration(Number(given[name] ?? 0)) }]));
  return { Test: [], Retries: 0, ...check, ...times };
}

/** Returns 0, or 125 when something was not found. */
export async function inspectObjects(context: CommandContext, args: readonly string[], flags: InspectFlags): Promise<number> {
  const type = checkType(flags, args);
  const engine = await context.engine();
  const refs = flags.latest ? [await latestContainer(engine)] : args.map((arg) => arg.replace(/^\//, ""));
  const found: Found[] = [];
  const failures: unknown[] = [];
  for (const ref of refs) {
    try { found.push(await find(engine, flags.latest ? "container" : type, ref, flags.size)); } catch (error) {
      if (!isEngineError(error, "not-found")) throw error;
      failures.push(missing(type, ref, error));
    }
  }
  await print(context, found, flags.format);
  for (const failure of failures.slice(1)) await context.err.write(`${messageOf(failure)}\n`);
  if (failures.length > 0) throw failures[0];
  return 0;
}

function missing(type: InspectType, ref: string, error: unknown): unknown {
  if (type === "container") return new EngineError("not-found", `no such container "${ref}"`, { reason: "no-such-container", cause: error });
  return type === "pod" ? new EngineError("not-found", `no such pod ${ref}`, { reason: "no-such-pod", cause: error }) : error;
}

function checkType(flags: InspectFlags, args: readonly string[]): InspectType {
  const type = flags.type === "" ? "all" : flags.type;
  if (type !== "all" && !(type in finders)) throw usage(`invalid type "${type}": must be "image", "container", "pod", "network", "volume", "artifact", or "all"`);
  if (type === "image" && flags.latest) throw usage("latest is not supported for type \"image\"");
  if (type === "image" && flags.size) throw usage("size is not supported for type \"image\"");
  if (args.length === 0 && !flags.latest) throw usage("no names or ids specified");
  if (args.length > 0 && flags.latest) throw usage("--latest and arguments cannot be used together");
  return type as InspectType;
}

async function find(engine: Engine, type: InspectType, ref: string, size: boolean): Promise<Found> {
  if (type !== "all") return finders[type](engine, ref, size);
  for (const finder of [finders.container, finders.image, finders.volume, finders.network, finders.pod]) {
    try { return await finder(engine, ref, size); } catch (error) { if (!isEngineError(error, "not-found")) throw error; }
  }
  throw new EngineError("not-found", `no such object: "${ref}"`);
}

async function print(context: CommandContext, found: readonly Found[], format: string | undefined): Promise<void> {
  if (format === undefined || format === "" || isJson(format)) {
    await renderJson(context, found.map(({ json }) => json), 5);
    return;
  }
  const normal = format.replaceAll(/\{\{\s*\.Id\s*\}\}/g, "{{.ID}}").replaceAll(".Src", ".Source").replaceAll(".Dst", ".Destination").replaceAll(".ImageID", ".Image");
  for (const { report } of found) await renderFormat(context, "inspect", normal, report);
}
