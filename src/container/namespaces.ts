/** Which namespaces a start makes, shares with the host or joins. */
import { existsSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import type { NamespaceMode } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import type { NamespaceUse, SpecNamespaces } from "../runtime/spec/input.ts";
import { ownsNetns, pinsNetnsLater } from "./network.ts";
import { observe } from "./observe.ts";
import { netnsPathOf } from "./paths.ts";
import { isAlive, type ContainerRecord } from "./record.ts";

/** Running containers whose namespaces are joined, by their id. */
export type Joined = ReadonlyMap<string, ContainerRecord>;

/** @throws conflict/container-not-running naming the one that does not run */
export function joinedNamespaces(context: EngineContext, { config }: ContainerRecord): Joined {
  const modes = [config.create.namespaces?.pid, config.create.namespaces?.ipc, config.create.namespaces?.uts, config.create.namespaces?.user, config.create.namespaces?.cgroup, config.network];
  const ids = modes.flatMap((mode) => mode?.mode === "container" && mode.value !== undefined ? [mode.value] : []);
  return new Map([...new Set(ids)].map((id) => [id, mustRun(context, id)]));
}

function mustRun(context: EngineContext, id: string): ContainerRecord {
  const { record } = observe(context, context.containers().resolve(id));
  if (isAlive(record.state.status) && record.state.pid !== undefined) return record;
  throw new EngineError("conflict", `cannot get namespace path unless container ${id} is running: container is stopped`, { reason: "container-not-running" });
}

export function namespacesOf(context: EngineContext, record: ContainerRecord, joined: Joined): SpecNamespaces {
  const { namespaces = {} } = record.config.create;
  const { containers } = context.config;
  const use = (file: string, mode: NamespaceMode | undefined, fallback: string): NamespaceUse => toUse(file, mode ?? parseMode(fallback), joined);
  return {
    network: networkUse(context, record, joined),
    pid: use("pid", namespaces.pid, containers.pidns),
    ipc: use("ipc", namespaces.ipc, containers.ipcns),
    uts: use("uts", namespaces.uts, containers.utsns),
    cgroup: use("cgroup", namespaces.cgroup, containers.cgroupns === "" ? defaultCgroupns() : containers.cgroupns),
    user: namespaces.user?.mode === "container" || namespaces.user?.mode === "ns" ? toUse("user", namespaces.user, joined) : { kind: record.config.uidMaps.length > 0 ? "new" : "host" },
  };
}

function networkUse(context: EngineContext, record: ContainerRecord, joined: Joined): NamespaceUse {
  if (pinsNetnsLater(record)) return { kind: "new" };
  if (ownsNetns(record)) return { kind: "path", path: netnsPathOf(context, record.id) };
  return toUse("net", record.config.network, joined);
}

const defaultCgroupns = (): string => (existsSync("/sys/fs/cgroup/cgroup.controllers") ? "private" : "host");

/** `container:web` in containers.conf. */
export function parseMode(text: string): NamespaceMode {
  const colon = text.indexOf(":");
  return colon === -1 ? { mode: text } : { mode: text.slice(0, colon), value: text.slice(colon + 1) };
}

function toUse(file: string, { mode, value }: { readonly mode: string; readonly value?: string }, joined: Joined): NamespaceUse {
  if (mode === "host") return { kind: "host" };
  if (mode === "ns" && value !== undefined) return { kind: "path", path: value };
  if (mode !== "container" || value === undefined) return { kind: "new" };
  return { kind: "path", path: `/proc/${joined.get(value)?.state.pid ?? 0}/ns/${file}` };
}
