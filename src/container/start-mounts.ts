/** From the record's mounts and volumes to host paths, at start. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError, messageOf } from "../base/errors.ts";
import type { MountCreate } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import type { ResolvedMount } from "../runtime/spec/input.ts";
import type { ContainerRecord } from "./record.ts";

/**
 * One entry per destination, parents before what lies below them. Mounts volumes that need it and fills new ones from the
 * root file system. @throws what the volumes and the store say
 */
export async function mountsOf(context: EngineContext, record: ContainerRecord, rootfs: string): Promise<readonly ResolvedMount[]> {
  const plain: ResolvedMount[] = [];
  for (const mount of record.config.mounts ?? []) plain.push(await resolve(context, record, mount));
  if (record.config.volumes.length === 0) return byDepth(plain);
  const { useVolumes } = await import("../volume/use.ts");
  const named = (await useVolumes(context, record, rootfs)).map(({ use, source }): ResolvedMount => ({
    ...asBindOrOverlay(record, source, use.destination, use.options), namedVolume: true, ...(use.subpath === undefined ? {} : { subpath: use.subpath }),
  }));
  return byDepth([...plain, ...named]);
}

const depth = (path: string): number => path.split("/").filter((part) => part !== "").length;
const byDepth = (mounts: readonly ResolvedMount[]): readonly ResolvedMount[] => mounts.toSorted((a, b) => depth(a.destination) - depth(b.destination));

async function resolve(context: EngineContext, record: ContainerRecord, mount: MountCreate): Promise<ResolvedMount> {
  const options = mount.options ?? [];
  const subpath = mount.subpath === undefined ? {} : { subpath: mount.subpath };
  switch (mount.type) {
    case "bind": return { ...asBindOrOverlay(record, mount.source ?? "", mount.destination, options), ...subpath };
    case "overlay": return overlay(record, mount.source ?? "", mount.destination, options);
    case "tmpfs": case "ramfs": case "devpts": return { type: mount.type, destination: mount.destination, options };
    case "image": return imageMount(context, record, mount);
    case "volume": case "glob": case "artifact": throw new EngineError("not-implemented", `mounts of type ${mount.type} are not supported yet`);
  }
}

/** Writable, it gets a throw-away layer. */
async function imageMount(context: EngineContext, record: ContainerRecord, { source = "", destination, options = [], subpath }: MountCreate): Promise<ResolvedMount> {
  const { mountImageFor } = await import("./image-mounts.ts");
  const root = await mountImageFor(context, record, source).catch((error: unknown) => {
    throw new EngineError("failed-precondition", `creating image volume ${JSON.stringify(source)}:${JSON.stringify(destination)}: ${messageOf(error)}`, { cause: error });
  });
  const writable = options.includes("rw") ? overlay(record, root, destination, options.filter((option) => option !== "rw")) : { type: "image", source: root, destination, options } as const;
  return { ...writable, ...(subpath === undefined ? {} : { subpath }) };
}

/** The option O puts a throw-away layer over the source. */
function asBindOrOverlay(record: ContainerRecord, source: string, destination: string, options: readonly string[]): ResolvedMount {
  if (options.includes("O")) return overlay(record, source, destination, options.filter((option) => option !== "O"));
  return { type: "bind", source, destination, options };
}

function overlay(record: ContainerRecord, source: string, destination: string, options: readonly string[]): ResolvedMount {
  const base = join(record.config.staticDir, "overlay", new Bun.CryptoHasher("sha256").update(destination).digest("hex").slice(0, 16));
  const [upper, work] = [join(base, "upper"), join(base, "work")];
  for (const directory of [upper, work]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  return { type: "overlay", source, destination, options, overlay: { upper, work } };
}
