import { messageOf } from "../base/errors.ts";
import { withUndo } from "../base/undo.ts";
import { create as createContainer } from "../container/create.ts";
import { mergeStorage } from "../container/join-pod.ts";
import type { ContainerRecord } from "../container/record.ts";
import { clonedName, mergeResources, specOf } from "../container/spec-of.ts";
import type { InputOf } from "../contract/kit.ts";
import type { clone as operation } from "../contract/pod/clone.ts";
import type { ContainerCreate, NamespaceMode, NamespacesCreate } from "../contract/types/container-create.ts";
import type { PodCloneReport, PodCreate } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import type { PodRecord } from "../state/pod-record.ts";
import { create } from "./create.ts";
import { membersOf } from "./members.ts";
import { remove } from "./remove.ts";
import { start } from "./start.ts";

type Input = InputOf<typeof operation.input>;
/** Id and name of an original → id of its clone. */
type Clones = Map<string, string>;

/** @throws not-found/no-such-pod, conflict/name-in-use */
export async function clone(context: EngineContext, input: Input): Promise<PodCloneReport> {
  const original = context.state().pods.resolve(input.ref);
  const members = membersOf(context, original);
  const infra = members.find(({ id }) => id === original.infraId);
  const id = await withUndo(async (undo) => {
    const { Id } = await create(context, { spec: podSpec(context, original, infra, input) });
    undo(async () => { await remove(context, { ref: Id, force: true, ignore: true }); });
    const clones: Clones = new Map();
    for (const member of members) {
      if (member === infra) continue;
      const made = await createContainer(context, { spec: memberSpec(context, Id, original, infra, member, clones) });
      for (const warning of made.Warnings) context.warn(warning);
      for (const ref of [member.id, member.name]) clones.set(ref, made.Id);
    }
    return Id;
  });
  const errors = [...input.destroy === true ? await destroy(context, original) : [], ...input.start === true ? (await start(context, { ref: id })).Errs ?? [] : []];
  return { Id: id, ...(errors.length > 0 && { Errs: errors }) };
}

async function destroy(context: EngineContext, { id }: PodRecord): Promise<readonly string[]> {
  try {
    const { Err } = await remove(context, { ref: id, force: true, ignore: true });
    return Err === undefined ? [] : [Err];
  } catch (error) { return [messageOf(error)]; }
}

/** The host name is the clone's own, as is its infra container's name. */
function podSpec(context: EngineContext, original: PodRecord, infra: ContainerRecord | undefined, { name, changes = {} }: Input): PodCreate {
  const isTaken = (one: string): boolean => context.state().pods.isNameTaken(one);
  const { hostname: _hostname, createCommand: _command, infra: before, ...rest } = original.create;
  const { createCommand: _typed, infra: change = {}, resources: limits = {}, labels, ...others } = changes;
  const resources = mergeResources(rest.resources, limits);
  return {
    ...rest, ...others, name: name === undefined || name === "" ? clonedName(original.name, isTaken) : name, exitPolicy: changes.exitPolicy ?? original.exitPolicy,
    ...(labels === undefined ? {} : { labels: { ...rest.labels, ...labels } }), ...(Object.keys(resources).length > 0 && { resources }),
    ...(before === undefined ? {} : { infra: { ...merge(before, change), ...(infra === undefined ? {} : { name: clonedName(infra.name, isTaken) }) } }),
  };
}

function merge({ conmonPidFile: _file, ...before }: ContainerCreate, change: ContainerCreate): ContainerCreate {
  return {
    ...before, ...change, namespaces: { ...before.namespaces, ...change.namespaces }, network: { ...before.network, ...change.network }, security: { ...before.security, ...change.security },
    storage: mergeStorage(before.storage, change.storage),
  };
}

/** What it had from its pod it gets from the new one; what it had from another container of the pod, from that one's clone. */
function memberSpec(context: EngineContext, pod: string, original: PodRecord, infra: ContainerRecord | undefined, member: ContainerRecord, clones: Clones): ContainerCreate {
  const { namespaces = {}, network = {}, storage = {}, dependencies, resources, ...rest } = specOf(member);
  const moved = (mode: NamespaceMode | undefined): NamespaceMode | undefined => {
    if (mode?.mode !== "container" || mode.value === undefined) return mode;
    return mode.value === infra?.id ? undefined : { ...mode, value: clones.get(mode.value) ?? mode.value };
  };
  const { pid, ipc, uts, user, cgroup, ...maps } = namespaces;
  const modes = Object.fromEntries(Object.entries({ pid: moved(pid), ipc: moved(ipc), uts: moved(uts), user: moved(user), cgroup: moved(cgroup) }).filter(([, mode]) => mode !== undefined));
  const { mode, ...net } = network;
  const netMode = moved(mode);
  const given = new Set((infra?.config.create.storage?.devices ?? []).map((device) => JSON.stringify(device)));
  const { cgroupParent, ...limits } = resources ?? {};
  return {
    ...rest, pod, name: clonedName(member.name, (one) => context.containers().isNameTaken(one)),
    namespaces: { ...maps, ...modes } as NamespacesCreate, network: { ...net, ...(netMode === undefined ? {} : { mode: netMode }) },
    storage: { ...storage, ...(storage.devices === undefined ? {} : { devices: storage.devices.filter((device) => !given.has(JSON.stringify(device))) }) },
    resources: { ...limits, ...(cgroupParent === undefined || cgroupParent === original.cgroupPath ? {} : { cgroupParent }) },
    ...(dependencies === undefined ? {} : { dependencies: dependencies.map((ref) => clones.get(ref) ?? ref) }),
  };
}
