/** Everything that is mounted into a new container, one entry per destination: user's over --volumes-from over the image's over configured ones. */
import { posix } from "node:path";
import { statSync } from "node:fs";
import { EngineError, isErrno, within } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import type { ContainerCreate, MountCreate } from "../contract/types/container-create.ts";
import type { ContainerDefaults } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { parseMount, parseVolume } from "../formats/create/volume.ts";
import { expandGlob } from "./glob-mounts.ts";
import type { ContainerRecord, NamedVolumeUse } from "./record.ts";

export interface ResolvedStorage { readonly mounts: readonly MountCreate[]; readonly volumes: readonly NamedVolumeUse[] }
type Entry = { readonly mount: MountCreate } | { readonly volume: NamedVolumeUse };

/** @throws invalid-argument for two mounts on one place, not-found for a host path or container that is not there */
export function resolveMounts(context: EngineContext, create: ContainerCreate, image: ContainerDefaults | undefined): ResolvedStorage {
  const own = entriesOf(create.storage?.mounts ?? []);
  refuseDoubles(own);
  const configured = entriesOf([...context.config.containers.volumes.map(parseVolume), ...context.config.containers.mounts.map(parseConfigured)]);
  const layers = [configured, imageVolumes(context, create, image), ...(create.storage?.volumesFrom ?? []).map((ref) => volumesOf(context, ref)), own];
  const byDestination = new Map(layers.flat().map((entry) => [destinationOf(entry), entry]));
  const all = [...byDestination.values()];
  const volumes = all.flatMap((entry) => ("volume" in entry ? [entry.volume] : []));
  mustHaveVolumes(context, volumes);
  const withoutWord = (volume: NamedVolumeUse): NamedVolumeUse => (volume.options.includes("nocreate") ? { ...volume, options: volume.options.filter((option) => option !== "nocreate") } : volume);
  return { mounts: all.flatMap((entry) => ("mount" in entry ? [entry.mount] : [])), volumes: volumes.map(withoutWord) };
}

function parseConfigured(text: string): MountCreate {
  try { return parseMount(text); } catch (error) { throw within("parsing containers.conf mounts", error); }
}

/** With `nocreate` a volume must be there. @throws not-found/no-such-volume */
function mustHaveVolumes(context: EngineContext, volumes: readonly NamedVolumeUse[]): void {
  const missing = volumes.find(({ name, options }) => options.includes("nocreate") && context.state().volumes.get(name) === undefined);
  if (missing !== undefined) throw new EngineError("not-found", `volume ${missing.name} does not exist and nocreate option is set: no such volume`, { reason: "no-such-volume" });
}

const destinationOf = (entry: Entry): string => ("mount" in entry ? entry.mount.destination : entry.volume.destination);

function entriesOf(mounts: readonly MountCreate[]): Entry[] {
  return mounts.flatMap((mount) => (mount.type === "glob" ? expandGlob(mount) : [mount])).map((given) => {
    const mount = { ...given, destination: cleanDestination(given.destination) };
    if (mount.type === "bind" || mount.type === "overlay") mustExist(mount.source ?? "");
    return mount.type === "volume" ? { volume: toVolumeUse(mount) } : { mount };
  });
}

function cleanDestination(destination: string): string {
  if (!destination.startsWith("/")) throw new EngineError("invalid-argument", `invalid container path "${destination}", must be an absolute path`);
  return posix.normalize(destination).replace(/(.)\/$/, "$1");
}

function mustExist(source: string): void {
  try { statSync(source); } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
    throw new EngineError("not-found", `statfs ${source}: no such file or directory`);
  }
}

const driverOption = "volume-opt=";

/** Options of the driver travel among those of the mount, as Podman's clients send them. */
function toVolumeUse({ source = "", destination, options = [], subpath }: MountCreate): NamedVolumeUse {
  const anonymous = source === "";
  const pairs = options.filter((option) => option.startsWith(driverOption)).map((option) => splitPair(option.slice(driverOption.length)));
  return {
    name: anonymous ? newId() : source, destination, options: options.filter((option) => !option.startsWith(driverOption)), anonymous, ...(subpath === undefined ? {} : { subpath }),
    ...(pairs.length === 0 ? {} : { driverOptions: Object.fromEntries(pairs) }),
  };
}

function splitPair(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new EngineError("invalid-argument", "cannot parse driver opts");
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function refuseDoubles(entries: readonly Entry[]): void {
  const seen = new Map<string, string>();
  for (const entry of entries) {
    const destination = destinationOf(entry);
    // The very same mount twice is one mount.
    const same = JSON.stringify("volume" in entry && entry.volume.anonymous ? { ...entry.volume, name: "" } : entry);
    const earlier = seen.get(destination);
    if (earlier !== undefined && earlier !== same) throw new EngineError("invalid-argument", `${destination}: duplicate mount destination`);
    seen.set(destination, same);
  }
}

/** VOLUME lines of the image. */
function imageVolumes(context: EngineContext, create: ContainerCreate, image: ContainerDefaults | undefined): Entry[] {
  const mode = create.imageVolumeMode ?? context.config.engine.imageVolumeMode;
  if (mode === "ignore") return [];
  return Object.keys(image?.Volumes ?? {}).map((raw) => {
    const destination = cleanDestination(raw.startsWith("/") ? raw : `/${raw}`);
    if (mode === "tmpfs") return { mount: { type: "tmpfs", destination, options: ["rprivate", "rw", "nodev", "exec"] } };
    return { volume: { name: newId(), destination, options: ["rprivate", "rw", "nodev", "exec", "rbind"], anonymous: true } };
  });
}

/** What another container's user asked to mount: `CONTAINER[:ro|rw|z]`. */
function volumesOf(context: EngineContext, text: string): Entry[] {
  const [ref = "", flags = ""] = text.split(":");
  const extra = flags === "" ? [] : flags.split(",");
  const bad = extra.find((flag) => flag !== "ro" && flag !== "rw" && flag !== "z");
  if (bad !== undefined) throw new EngineError("invalid-argument", `invalid option ${JSON.stringify(bad)} specified - volumes from another container can only use z,ro,rw options`);
  if (extra.filter((flag) => flag === "z").length > 1) throw new EngineError("invalid-argument", "cannot set :z more than once in mount options");
  if (extra.filter((flag) => flag !== "z").length > 1) throw new EngineError("invalid-argument", "cannot set ro or rw options more than once");
  const { config } = donorOf(context, ref);
  const access = (options: readonly string[]): readonly string[] => (extra.length === 0 ? options : [...options.filter((option) => option !== "ro" && option !== "rw"), ...extra]);
  return [
    ...(config.mounts ?? []).map((mount): Entry => ({ mount: { ...mount, options: access(mount.options ?? []) } })),
    ...config.volumes.map((volume): Entry => ({ volume: { ...volume, options: access(volume.options), anonymous: false } })),
  ];
}

function donorOf(context: EngineContext, ref: string): ContainerRecord {
  try { return context.containers().resolve(ref); } catch (error) { throw within(`looking up container ${JSON.stringify(ref)} for volumes-from`, error); }
}
