/** A container made from an archive or a checkpoint image: its description first, then its files. */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EngineError, messageOf } from "../../base/errors.ts";
import { newId, shortId } from "../../base/ids.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import type { EngineContext } from "../../engine/context.ts";
import { readTar } from "../../formats/tar/read.ts";
import type { Spec } from "../../runtime/spec/types.ts";
import { readInRoot, withRoot } from "../../runtime/spec/rootfs.ts";
import { decompressAny } from "../../storage/archive/decompress.ts";
import { readFileStream } from "../../transports/file.ts";
import { createOne } from "../create.ts";
import type { ContainerConfig, ContainerRecord } from "../record.ts";
import { checkpointFiles as files } from "./names.ts";
import { fromPodmanConfig, ownConfigOf, type PodmanConfig } from "./podman-config.ts";
import { unpackStream } from "./tar-file.ts";

/** Descriptions have 30 kB; environment and labels may be long. */
const maxDumpBytes = 16 * 1024 * 1024;

/** Where a checkpoint comes from. */
export interface CheckpointSource {
  readonly display: string;
  /** Text of `config.dump` and `spec.dump`; undefined for an absent one. */
  dumps(): Promise<{ readonly config: string | undefined; readonly spec: string | undefined }>;
  /** Uncompressed tar of everything. */
  stream(): Promise<ByteStream>;
}

export interface ImportOptions { readonly name?: string | undefined; readonly pod?: string | undefined; readonly ignoreVolumes?: boolean | undefined; readonly publish?: readonly string[] | undefined; readonly onlyRuntime?: string | undefined }

export function archiveSource(path: string): CheckpointSource {
  const stream = async (): Promise<ByteStream> => (await decompressAny(readFileStream(path))).stream;
  return { display: path, stream, dumps: async () => dumpsOf(await stream()) };
}

/** An image that is mounted at `root`; what it says is not followed out of it. */
export function directorySource(root: string, display: string): CheckpointSource {
  const read = (name: string): string | undefined => withRoot(root, (rootFd) => readInRoot(rootFd, name));
  return {
    display, dumps: async () => ({ config: read(files.config), spec: read(files.spec) }),
    stream: async () => (await import("../../storage/archive/diff.ts")).tarDirectory({ directory: root }),
  };
}

async function dumpsOf(stream: ByteStream): Promise<{ config: string | undefined; spec: string | undefined }> {
  const found: { config: string | undefined; spec: string | undefined } = { config: undefined, spec: undefined };
  for await (const { entry, content } of readTar(stream)) {
    const name = entry.name.replace(/^\.\//, "");
    const key = name === files.config ? "config" : name === files.spec ? "spec" : undefined;
    if (key === undefined) continue;
    if (entry.sizeBytes > maxDumpBytes) throw new EngineError("data-loss", `"${name}" is larger than ${maxDumpBytes} bytes`, { reason: "corrupt-archive" });
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(Uint8Array.from(chunk));
    found[key] = Buffer.concat(chunks).toString("utf8");
  }
  return found;
}

interface Described { readonly podman: PodmanConfig; readonly spec: Spec }

async function describe(source: CheckpointSource): Promise<Described> {
  const { config, spec } = await source.dumps();
  const parse = (name: string, text: string | undefined): unknown => {
    if (text === undefined) throw new EngineError("data-loss", `"${source.display}" is no checkpoint: it has no ${name}`, { reason: "corrupt-archive" });
    try { return JSON.parse(text); } catch (error) { throw new EngineError("data-loss", `failed to unmarshal ${name} of "${source.display}": ${messageOf(error)}`, { reason: "corrupt-archive", cause: error }); }
  };
  const [podman, described] = [parse(files.config, config) as PodmanConfig, parse(files.spec, spec) as Spec];
  if (typeof podman?.id !== "string" || !/^[0-9a-f]{64}$/.test(podman.id) || typeof podman.name !== "string" || !Array.isArray(described?.mounts) || !Array.isArray(described.process?.env) || typeof described.linux !== "object") {
    throw new EngineError("data-loss", `"${source.display}" describes no container`, { reason: "corrupt-archive" });
  }
  return { podman, spec: described };
}

/** The new container, in state created, with the checkpoint beside it. On any failure nothing stays. */
export async function importContainer(context: EngineContext, source: CheckpointSource, options: ImportOptions): Promise<ContainerRecord> {
  const { podman, spec } = await describe(source);
  refuse(context, podman, source, options);
  const own = ownConfigOf(podman);
  const { pod: _pod, ...before } = own?.create ?? fromPodmanConfig(podman, spec);
  const asked = await withImage(context, { ...before, name: options.name ?? podman.name, ...await portsOf(context, before, options) });
  const id = options.name === undefined ? podman.id : newId();
  let made: ContainerRecord | undefined;
  await createOne(context, asked, (record) => { made = record; context.containers().insert(record); }, {
    id, ...(own === undefined ? {} : { adopt: (resolved: ContainerConfig) => adopted(resolved, own, asked, podman.id, id, options) }),
  });
  if (made === undefined) throw new EngineError("internal", `container ${id} was not made`);
  try {
    await placeFiles(source, made);
  } catch (error) {
    await (await import("../remove.ts")).remove(context, { ref: id, force: true });
    throw error;
  }
  return context.containers().resolve(id);
}

function refuse(context: EngineContext, podman: PodmanConfig, source: CheckpointSource, { pod, ignoreVolumes, onlyRuntime }: ImportOptions): void {
  const refused = (message: string): EngineError => new EngineError("invalid-argument", message);
  if (pod !== undefined) throw new EngineError("not-implemented", "restoring a container into a pod is not supported yet");
  if (podman.pod !== undefined && podman.pod !== "") throw refused("cannot restore pod container without --pod");
  if ((podman.Dependencies ?? []).length > 0) throw refused("cannot import checkpoints of containers with dependencies");
  if (onlyRuntime !== undefined && podman.runtime !== undefined && podman.runtime !== onlyRuntime) throw refused(`checkpoint archive ${source.display} was created with runtime '${podman.runtime}' and cannot be restored with runtime '${onlyRuntime}'`);
  if (ignoreVolumes === true) return;
  const taken = (podman.namedVolumes ?? []).find(({ volumeName }) => context.state().volumes.get(volumeName) !== undefined);
  if (taken !== undefined) throw refused(`volume with name ${taken.volumeName} already exists. Use --ignore-volumes to not restore content of volumes`);
}

/** The image it was made of, pulled when it is not here. */
async function withImage(context: EngineContext, create: ContainerCreate): Promise<ContainerCreate> {
  if (create.rootfs !== undefined) return create;
  const store = await context.store();
  if (create.imageId !== undefined && store.findImage(create.imageId) !== undefined) return create;
  const { imageId, ...named } = create;
  if (named.image === undefined) throw new EngineError("not-found", `${imageId ?? ""}: image not known`, { reason: "no-such-image" });
  await (await import("../../image/pull.ts")).pullImages(context, { ref: named.image, policy: "missing" });
  return named;
}

async function portsOf(context: EngineContext, { network }: ContainerCreate, { publish = [] }: ImportOptions): Promise<Partial<ContainerCreate>> {
  if (publish.length === 0) return {};
  const [{ parsePublish }, { finalPorts }] = await Promise.all([import("../../formats/create/port.ts"), import("../../net/ports.ts")]);
  return { network: { ...network, ports: finalPorts(publish.flatMap((text) => text.trim().split(/\s+/)).map(parsePublish), [], context.config.network.defaultHostIps) } };
}

/** Everything as it was, but for what belongs to this machine or to the new name. */
function adopted(resolved: ContainerConfig, own: ContainerConfig, asked: ContainerCreate, oldId: string, id: string, { publish = [] }: ImportOptions): ContainerConfig {
  const networks = own.network.networks.map((one) => ({ ...one, ...(one.aliases === undefined ? {} : { aliases: one.aliases.map((alias) => (alias === shortId(oldId) ? shortId(id) : alias)) }) }));
  const { pod: _pod, notifySocket: _socket, ...kept } = own;
  return {
    ...kept, create: asked, ...(resolved.imageId === undefined ? {} : { imageId: resolved.imageId }), staticDir: resolved.staticDir, runDir: resolved.runDir, logDriver: resolved.logDriver, logPath: resolved.logPath,
    network: { ...own.network, networks, ports: publish.length === 0 ? own.network.ports : resolved.network.ports },
  };
}

/** Everything else in an archive is not ours to follow. */
const wanted: ReadonlySet<string> = new Set([files.images, files.preImages, files.artifacts, files.volumes, files.shm, files.network, files.rootfs, files.deleted, files.log, files.dumpStats]);

/** Unpacked aside and looked through: a link in the place of a file would have conmon write into any file of the machine. */
async function placeFiles(source: CheckpointSource, { config }: ContainerRecord): Promise<void> {
  mkdirSync(config.staticDir, { recursive: true, mode: 0o700 });
  const aside = mkdtempSync(join(config.staticDir, "import-"));
  try {
    await unpackStream(await source.stream(), aside);
    for (const name of readdirSync(aside)) {
      if (!wanted.has(name)) continue;
      mustBePlain(join(aside, name), name);
      rmSync(join(config.staticDir, name), { recursive: true, force: true });
      renameSync(join(aside, name), join(config.staticDir, name));
    }
  } finally { rmSync(aside, { recursive: true, force: true }); }
}

/** Files and directories; CRIU's own link to the pre-checkpoint is the one exception. */
function mustBePlain(path: string, name: string): void {
  const info = lstatSync(path);
  if (info.isFile()) return;
  if (info.isDirectory()) { for (const entry of readdirSync(path)) mustBePlain(join(path, entry), `${name}/${entry}`); return; }
  if (info.isSymbolicLink() && name === `${files.images}/parent`) return;
  throw new EngineError("data-loss", `"${name}" in the checkpoint is neither a file nor a directory`, { reason: "corrupt-archive" });
}
