import { existsSync } from "node:fs";
import { join } from "node:path";
import type { InputOf } from "../contract/kit.ts";
import type { inspect as operation } from "../contract/container/inspect.ts";
import type { InspectContainer, InspectState } from "../contract/types/container-inspect.ts";
import type { EngineContext } from "../engine/context.ts";
import { conmonPidFileOf, pidFileOf } from "../runtime/prepare.ts";
import type { Store } from "../storage/store.ts";
import { readLog } from "../health/log.ts";
import { inspectConfig } from "./inspect-config.ts";
import { inspectHostConfig } from "./inspect-host.ts";
import { shownMounts } from "./inspect-mounts.ts";
import { networkSettings } from "./inspect-network.ts";
import { shownSpec, type ShownSpec } from "./inspect-spec.ts";
import { sizesOf } from "./list.ts";
import { present } from "./observe.ts";
import { pathsOf } from "./paths.ts";
import { isAlive, type ContainerRecord } from "./record.ts";

/** The runtime specification that Podman 5.8 speaks; shown, whatever config.json says. */
const ociVersion = "1.2.1";
const zeroTime = "0001-01-01T00:00:00Z";

/** Takes no lock. @throws not-found/no-such-container, failed-precondition/ambiguous-ref */
export async function inspect(context: EngineContext, { ref, size }: InputOf<typeof operation.input>): Promise<InspectContainer> {
  const record = present(context, context.containers().resolve(ref));
  const spec = shownSpec(context, record);
  const mounts = shownMounts(context, record);
  const store = await context.store();
  const { id, name, config, state } = record;
  const { args } = spec.process;
  const sizes = size === true ? await sizesOf(context, record) : undefined;
  return {
    Id: id, Created: config.createdAt, Path: args[0] ?? "", Args: args.length > 1 ? args.slice(1) : args, State: stateOf(record, spec),
    Image: config.imageId ?? "", ImageDigest: config.imageId === undefined ? "" : store.findImage(config.imageId)?.digest ?? "", ImageName: config.imageName ?? "",
    Rootfs: config.create.rootfs?.path ?? "", Pod: config.pod ?? "", ...filesOf(record, spec), StaticDir: config.staticDir,
    ...(spec.started ? { OCIConfigPath: join(config.staticDir, "config.json") } : {}), OCIRuntime: config.ociRuntime,
    ConmonPidFile: config.create.conmonPidFile ?? conmonPidFileOf(pathsOf(context, record)), PidFile: config.create.pidFile ?? pidFileOf(pathsOf(context, record)), Name: name, RestartCount: state.restartCount ?? 0,
    Driver: store.driver, MountLabel: "", ProcessLabel: spec.process.selinuxLabel ?? "", AppArmorProfile: spec.process.apparmorProfile ?? "",
    EffectiveCaps: listOrNull(spec.process.capabilities?.effective), BoundingCaps: listOrNull(spec.process.capabilities?.bounding),
    ExecIDs: context.state().exec.of(id).map((session) => session.id), GraphDriver: graphDriver(store, record),
    ...(sizes === undefined ? {} : { SizeRw: sizes.rwSize, SizeRootFs: sizes.rootFsSize }),
    Mounts: mounts.mounts, Dependencies: config.dependencies ?? [], NetworkSettings: await networkSettings(context, record), Namespace: "",
    IsInfra: config.isInfra ?? false, IsService: false, KubeExitCodePropagation: "invalid", lockNumber: 0,
    Config: inspectConfig(record, spec, context.config.containers.umask), HostConfig: inspectHostConfig(context, record, spec, mounts),
    UseImageHosts: config.create.network?.baseHostsFile === "image", UseImageHostname: false,
  };
}

const listOrNull = (list: readonly string[] | undefined): readonly string[] | null => (list === undefined || list.length === 0 ? null : list);

function stateOf(record: ContainerRecord, spec: ShownSpec): InspectState {
  const { config, state } = record;
  const lives = isAlive(state.status) || state.status === "initialized";
  const health = state.health;
  return {
    OciVersion: ociVersion, Status: state.status, Running: state.status === "running", Paused: state.status === "paused", Restarting: false, OOMKilled: state.oomKilled ?? false,
    Dead: false, Pid: lives ? state.pid ?? 0 : 0, ...(lives && state.conmonPid !== undefined ? { ConmonPid: state.conmonPid } : {}), ExitCode: state.exitCode ?? 0, Error: state.error ?? "",
    StartedAt: state.startedAt ?? zeroTime, FinishedAt: state.finishedAt ?? zeroTime,
    ...(config.health === undefined ? {} : { Health: { Status: health?.status ?? (state.startedAt === undefined ? "" : "starting"), FailingStreak: health?.failingStreak ?? 0, Log: readLog(record) } }),
    ...(state.checkpointed === true ? { Checkpointed: true } : {}), ...(lives && spec.linux.cgroupsPath !== undefined ? { CgroupPath: cgroupPath(spec.linux.cgroupsPath) } : {}),
    CheckpointedAt: state.checkpointedAt ?? zeroTime, RestoredAt: state.restoredAt ?? zeroTime, ...(state.checkpointLog === undefined ? {} : { CheckpointLog: state.checkpointLog }),
    ...(state.checkpointPath === undefined ? {} : { CheckpointPath: state.checkpointPath }), ...(state.restoreLog === undefined ? {} : { RestoreLog: state.restoreLog }), ...(state.restored === true ? { Restored: true } : {}),
    ...(state.stoppedByUser === true ? { StoppedByUser: true } : {}),
  };
}

/** `slice:libpod:id`, systemd's form, as the path of the cgroup. */
function cgroupPath(path: string): string {
  const [slice, prefix, id] = path.split(":");
  if (prefix === undefined || id === undefined) return path;
  const parts = (slice ?? "").replace(/\.slice$/, "").split("-");
  const parents = parts.map((_, index) => `${parts.slice(0, index + 1).join("-")}.slice`);
  return `/${parents.join("/")}/${prefix}-${id}.scope`;
}

function filesOf({ config }: ContainerRecord, spec: ShownSpec): { readonly ResolvConfPath: string; readonly HostnamePath: string; readonly HostsPath: string } {
  const path = (name: string): string => (spec.started && existsSync(join(config.runDir, name)) ? join(config.runDir, name) : "");
  return { ResolvConfPath: path("resolv.conf"), HostnamePath: path("hostname"), HostsPath: path("hosts") };
}

/** Directories of the overlay driver. */
function graphDriver(store: Store, { id }: ContainerRecord): InspectContainer["GraphDriver"] {
  if (store.driver !== "overlay") return { Name: store.driver, Data: {} };
  const directory = (layer: string): string => join(store.graphRoot, store.driver, layer);
  let layerId: string;
  try { ({ layerId } = store.container(id)); } catch { return { Name: store.driver, Data: {} }; }
  const lower: string[] = [];
  for (let parent = store.layer(layerId).parent; parent !== undefined; parent = store.layer(parent).parent) lower.push(join(directory(parent), "diff"));
  const mounted = store.mountPointOf(id);
  return {
    Name: store.driver,
    Data: {
      ...(lower.length === 0 ? {} : { LowerDir: lower.join(":") }), ...(mounted === undefined ? {} : { MergedDir: mounted }),
      UpperDir: join(directory(layerId), "diff"), WorkDir: join(directory(layerId), "work"),
    },
  };
}
