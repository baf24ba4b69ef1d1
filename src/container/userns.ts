/** `--userns`: which ids a container has (podman-run(1)). */
import { EngineError } from "../base/errors.ts";
import type { ContainerCreate, IdMap, NamespaceMode } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import { parseAutoIdMap } from "../formats/create/id-maps.ts";
import type { AutoMaps } from "../storage/store.ts";
import { parseMode } from "./namespaces.ts";

export interface ResolvedUserns {
  readonly uidMaps: readonly IdMap[];
  readonly gidMaps: readonly IdMap[];
  /** The user that `keep-id` runs as unless another one is asked for: `uid:gid`. */
  readonly user?: string;
  /** The store chooses the maps. */
  readonly autoMaps?: AutoMaps;
}
const none: ResolvedUserns = { uidMaps: [], gidMaps: [] };

/** The mode asked for, else the configured one. */
export function usernsMode({ config }: EngineContext, { namespaces = {}, pod }: ContainerCreate): NamespaceMode | undefined {
  if (namespaces.user !== undefined || pod !== undefined || (namespaces.uidMaps ?? namespaces.gidMaps ?? []).length > 0) return namespaces.user;
  return config.containers.userns === "" ? undefined : parseMode(config.containers.userns);
}

/** @throws invalid-argument, failed-precondition when the user has no ranges of ids */
export async function resolveUserns(context: EngineContext, create: ContainerCreate): Promise<ResolvedUserns> {
  const { uidMaps = [], gidMaps = [] } = create.namespaces ?? {};
  if (uidMaps.length > 0 || gidMaps.length > 0) return { uidMaps: uidMaps.length > 0 ? uidMaps : gidMaps, gidMaps: gidMaps.length > 0 ? gidMaps : uidMaps };
  const mode = usernsMode(context, create);
  switch (mode?.mode) {
    case "keep-id": return keepId(context, optionsOf(mode.value));
    case "nomap": return noMap(context);
    case "auto": return { ...none, autoMaps: await autoOptions(context, optionsOf(mode.value)) };
    case "private": throw invalid("must provide at least one UID or GID mapping to configure a user namespace");
    case "container": {
      const { config } = context.containers().resolve(mode.value ?? "");
      const asked = config.isInfra === true ? config.create.namespaces?.user : undefined;
      // The containers of a pod run as the user that the pod keeps.
      const { user } = asked?.mode === "keep-id" ? await keepId(context, optionsOf(asked.value)) : none;
      return { uidMaps: config.uidMaps, gidMaps: config.gidMaps, ...(user === undefined ? {} : { user }) };
    }
    default: return none;
  }
}

async function keepId({ config, env }: EngineContext, options: readonly (readonly [string, string])[]): Promise<ResolvedUserns> {
  const given = new Map(options.map(([name, value]) => [name, toNumber(value)]));
  const unknown = options.find(([name]) => !["uid", "gid", "size"].includes(name));
  if (unknown !== undefined) throw invalid(`unknown option specified: "${unknown[0]}"`);
  const { ownMapsInside, userRanges } = await import("../config/userns/maps.ts");
  if (!config.rootless) {
    if (given.has("size")) throw invalid("cannot set max size for user namespace when not running rootless");
    return { ...ownMapsInside(), user: `${given.get("uid") ?? 0}:${given.get("gid") ?? 0}` };
  }
  const [uid, gid] = [given.get("uid") ?? config.uid, given.get("gid") ?? Number(env["_CONTAINERS_ROOTLESS_GID"] ?? config.uid)];
  const { uids, gids } = userRanges(env, config.uid);
  const size = given.get("size") ?? 0;
  return { uidMaps: around(uid, total(uids), size), gidMaps: around(gid, total(gids), size), user: `${uid}:${gid}` };
}

/** The user keeps `id`; its subordinate ids lie below and above. In the namespace we are in the user is 0 and they begin at 1. */
function around(id: number, subordinate: number, size: number): IdMap[] {
  const count = size > 0 ? Math.min(subordinate, size - 1) : subordinate;
  const below = Math.min(id, count);
  return [
    ...(below > 0 ? [{ containerId: 0, hostId: 1, size: below }] : []),
    { containerId: id, hostId: 0, size: 1 },
    ...(count > id ? [{ containerId: id + 1, hostId: id + 1, size: count - id }] : []),
  ];
}

async function noMap({ config, env }: EngineContext): Promise<ResolvedUserns> {
  if (!config.rootless) throw invalid("nomap is only supported in rootless mode");
  const { userRanges } = await import("../config/userns/maps.ts");
  const { uids, gids } = userRanges(env, config.uid);
  if (uids.length === 0 || gids.length === 0) {
    throw new EngineError("failed-precondition", "nomap requires additional UIDs or GIDs defined in /etc/subuid and /etc/subgid to function correctly", { hint: "add a range with usermod --add-subuids and --add-subgids" });
  }
  return { uidMaps: [{ containerId: 0, hostId: 1, size: total(uids) }], gidMaps: [{ containerId: 0, hostId: 1, size: total(gids) }] };
}

/** storage.conf(5): whose ranges root takes, and the sizes between which a namespace is made. */
const autoDefaults = { user: "containers", minSize: 1024, maxSize: 65536 };

async function autoOptions({ config, env }: EngineContext, options: readonly (readonly [string, string])[]): Promise<AutoMaps> {
  const { ownMaps, rangesOf, userRanges } = await import("../config/userns/maps.ts");
  const own = ownMaps();
  const maps = { uidMaps: [] as IdMap[], gidMaps: [] as IdMap[] };
  let size: number | undefined;
  for (const [name, value] of options) {
    if (name === "size") size = toNumber(value);
    else if (name === "uidmapping") maps.uidMaps.push(...parseAutoIdMap(value, { kind: "UID", parent: own.uidMaps, rootless: config.rootless }));
    else if (name === "gidmapping") maps.gidMaps.push(...parseAutoIdMap(value, { kind: "GID", parent: own.gidMaps, rootless: config.rootless }));
    else throw invalid(`unknown option specified: "${name}"`);
  }
  const stored = config.storage.options;
  const { uids, gids } = config.rootless ? userRanges(env, config.uid) : rangesOf(stored["root-auto-userns-user"] ?? autoDefaults.user);
  // Inside a user's namespace the ranges follow each other from 1.
  const ranges = (list: typeof uids): AutoMaps["availableUids"] => config.rootless ? [{ from: 1, to: 1 + total(list) }] : list.map(({ start, count }) => ({ from: start, to: start + count }));
  return {
    ...maps, ...(size === undefined || size === 0 ? {} : { size }), availableUids: ranges(uids), availableGids: ranges(gids),
    minSize: Number(stored["auto-userns-min-size"] ?? autoDefaults.minSize), maxSize: Number(stored["auto-userns-max-size"] ?? autoDefaults.maxSize),
  };
}

const total = (ranges: readonly { readonly count: number }[]): number => ranges.reduce((sum, { count }) => sum + count, 0);
const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

function optionsOf(text: string | undefined): (readonly [string, string])[] {
  return text === undefined ? [] : text.split(",").map((option) => {
    const equals = option.indexOf("=");
    if (equals === -1) throw invalid(`invalid option specified: "${option}"`);
    return [option.slice(0, equals), option.slice(equals + 1)];
  });
}

function toNumber(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || value > 0xffff_ffff) throw invalid(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${Number.isNaN(value) ? "invalid syntax" : "value out of range"}`);
  return value;
}
