import { readlinkSync } from "node:fs";
import type { Filters, InputOf } from "../contract/kit.ts";
import type { list as operation } from "../contract/container/list.ts";
import type { ListContainer, ListNamespaces } from "../contract/types/container-list.ts";
import type { EngineContext } from "../engine/context.ts";
import { lookAfterNetworks } from "../network/look-after.ts";
import { containerFilter } from "./filter.ts";
import { present } from "./observe.ts";
import { isAlive, type ContainerRecord } from "./record.ts";

type Input = InputOf<typeof operation.input>;

/** Go's zero time in Unix seconds: what never happened. */
const never = -62135596800;
const seconds = (time: string | undefined): number => (time === undefined ? never : Math.floor(Date.parse(time) / 1000));

/** Newest first. No locks; only `size` and `external` open the store. @throws invalid-argument for a wrong filter */
export async function list(context: EngineContext, input: Input): Promise<readonly ListContainer[]> {
  await lookAfterNetworks(context);
  const limit = input.last ?? input.limit ?? 0;
  const records = selectRecords(context, { ...input.filters }, input.all === true || limit > 0).toReversed();
  const shown = limit > 0 ? records.slice(0, limit) : records;
  const pods = shown.some(({ config }) => config.pod !== undefined) ? new Map(context.state().pods.list().map(({ id, name }) => [id, name])) : new Map<string, string>();
  const rows = await Promise.all(shown.map(async (record) => ({ ...await toRow(context, record, input), PodName: pods.get(record.config.pod ?? "") ?? "" })));
  if (input.external !== true) return rows;
  const { externalContainers } = await import("./external.ts");
  const all = [...rows, ...await externalContainers(context, input.filters ?? {})].toSorted((a, b) => (a.Created < b.Created ? 1 : -1));
  return limit > 0 ? all.slice(0, limit) : all;
}

/** Present records that match, oldest first. Without `all` and without a status filter only running ones. */
export function selectRecords(context: EngineContext, filters: Filters, all: boolean): readonly ContainerRecord[] {
  const matches = containerFilter(context, filters);
  const isShown = all || filters["status"] !== undefined ? (): boolean => true : ({ state }: ContainerRecord): boolean => state.status === "running";
  return context.containers().list().map((record) => present(context, record)).filter((record) => isShown(record) && matches(record));
}

async function toRow(context: EngineContext, record: ContainerRecord, { namespace, size }: Input): Promise<ListContainer> {
  const { id, name, config, state } = record;
  const { create } = config;
  const pid = isAlive(state.status) ? state.pid ?? 0 : 0;
  return {
    AutoRemove: create.remove ?? false, Command: config.isInfra === true ? [] : [...config.command.length > 0 ? config.command : config.entrypoint], Created: config.createdAt, CreatedAt: "", CIDFile: "",
    Exited: state.status === "exited" && state.startedAt !== undefined, ExitedAt: seconds(state.finishedAt), ExitCode: state.startedAt === undefined ? 0 : state.exitCode ?? 0,
    ExposedPorts: exposed(config.expose ?? []), Id: id, Image: config.imageName ?? (config.isInfra === true ? "" : create.rootfs?.path ?? ""), ImageID: config.imageId ?? "", IsInfra: config.isInfra ?? false,
    Labels: Object.keys(config.labels).length === 0 ? null : config.labels,
    Mounts: [...(config.mounts ?? []), ...config.volumes].map(({ destination }) => destination), Names: [name],
    Namespaces: namespace === true ? namespacesOf(pid) : {}, Networks: config.network.networks.map((network) => network.name), Pid: pid,
    Pod: config.pod ?? "", PodName: "", Ports: portsOf(context, record), Restarts: state.restartCount ?? 0,
    Size: size === true ? await sizesOf(context, record) : null, StartedAt: seconds(state.startedAt), State: state.status, Status: state.health?.status ?? "",
  };
}

/** A container in another one's network shows that one's. */
function portsOf(context: EngineContext, { config }: ContainerRecord): ListContainer["Ports"] {
  if (config.network.mode === "container" && config.network.value !== undefined) {
    const joined = context.containers().get(config.network.value);
    return joined === undefined ? null : portsOf(context, joined);
  }
  if (config.network.ports.length === 0) return null;
  return config.network.ports.map((port) => ({
    host_ip: port.hostIp ?? "", container_port: port.containerPort, host_port: port.hostPort ?? port.containerPort, range: port.range ?? 1, protocol: port.protocol ?? "tcp",
  }));
}

function exposed(ports: readonly string[]): ListContainer["ExposedPorts"] {
  if (ports.length === 0) return null;
  const byPort = new Map<string, string[]>();
  for (const port of ports) {
    const [number = "", protocol = "tcp"] = port.split("/");
    byPort.set(number, [...byPort.get(number) ?? [], protocol]);
  }
  return Object.fromEntries(byPort);
}

/** Inode numbers of the namespaces; nothing for a process that just ended. */
function namespacesOf(pid: number): ListNamespaces {
  if (pid === 0) return {};
  const read = (key: string, file: string): Readonly<Record<string, string>> => {
    try { return { [key]: /\d+/.exec(readlinkSync(`/proc/${pid}/ns/${file}`))?.[0] ?? "" }; } catch { return {}; }
  };
  return { ...read("Mnt", "mnt"), ...read("Cgroup", "cgroup"), ...read("Ipc", "ipc"), ...read("Net", "net"), ...read("Pidns", "pid"), ...read("Uts", "uts"), ...read("User", "user") };
}

/** Bytes of the writable layer, and of it with the image's layers. */
export async function sizesOf(context: EngineContext, { id, config }: ContainerRecord): Promise<{ readonly rootFsSize: number; readonly rwSize: number }> {
  const store = await context.store();
  const rwSize = await store.layerSize(store.container(id).layerId);
  const image = config.imageId === undefined ? undefined : store.findImage(config.imageId);
  let rootFsSize = rwSize;
  for (let layer = image?.topLayer; layer !== undefined;) {
    const { parent, diffSizeBytes, id: layerId } = store.layer(layer);
    rootFsSize += diffSizeBytes ?? await store.layerSize(layerId);
    layer = parent;
  }
  return { rootFsSize, rwSize };
}
