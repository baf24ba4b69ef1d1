import { existsSync, statSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError, isEngineError, isErrno, messageOf, within } from "../base/errors.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { push as operation } from "../contract/image/push.ts";
import type { PushItem } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import { isDigest } from "../formats/digest.ts";
import { formatReference, parseNormalized, withDefaultTag } from "../formats/reference.ts";
import { DockerArchiveWriter, archiveTag } from "../transports/archive/docker-write.ts";
import { packFolder } from "../transports/archive/pack.ts";
import { openBlobCache } from "../transports/blob-cache.ts";
import { copyImage } from "../transports/copy.ts";
import { openDirectoryDestination } from "../transports/directory.ts";
import { openDockerDestination } from "../transports/docker/destination.ts";
import { writeStream } from "../transports/file.ts";
import { parseLocation } from "../transports/location.ts";
import { openLayoutDestination } from "../transports/oci-layout.ts";
import { openStorageDestination } from "../transports/storage/destination.ts";
import { openStorageSource } from "../transports/storage/source.ts";
import type { CopyOptions, ImageDestination, ImageLocation, ImageSource } from "../transports/types.ts";
import { accessOf, copyOptionsOf, temporaryFolder } from "./access.ts";
import { repoTags } from "./facts.ts";
import { findImage, lookupImage, repositoryPart, type FoundImage } from "./lookup.ts";
import { pipeBytes } from "./pipe-bytes.ts";
import { signing } from "./push-sign.ts";
import { progressItems, streamItems } from "./report-stream.ts";

type PushInput = InputOf<typeof operation.input>;

/** Pushes; the last item has the manifest's digest. @throws see the operation */
export async function* push(context: EngineContext, input: PushInput, call: CallOptions = {}): AsyncIterable<PushItem> {
  yield* streamItems<PushItem>(async (report, signal) => {
    const found = await lookupImage(context, input.ref).catch(async (error: unknown) => listOrThrow(context, input.ref, error));
    if (found === undefined) { await pushWholeList(context, input, report, signal); return; }
    const location = destinationOf(input.ref, input.destination, found);
    const onProgress = input.quiet === true ? undefined : progressItems(report);
    try {
      const digest = await pushTo(context, input, found, location, { signal, ...(onProgress === undefined ? {} : { onProgress }) });
      await context.emit({ type: "image", status: "push", id: found.image.id, name: location.reference ?? location.display });
      report({ manifestdigest: digest });
    } catch (error) {
      await context.emit({ type: "image", status: "push", id: found.image.id, name: location.reference ?? location.display, error: messageOf(error) });
      throw error;
    }
  }, call.signal);
}

/** A name with a transport, a registry name, or the image's own. */
function destinationOf(ref: string, destination: string | undefined, { image, name }: FoundImage): ImageLocation {
  // Without destination the word that was typed is also the place.
  const text = destination === undefined || destination === "" ? ref : destination;
  if (text === ref && image.id.startsWith(name)) throw new EngineError("invalid-argument", `image ID ${name} cannot be pushed without a destination`, { hint: "name the destination as the second argument" });
  const location = parseLocation(text);
  if (location !== undefined) return location;
  const reference = formatReference(withDefaultTag(parseNormalized(text)));
  return { transport: "docker", display: `docker://${reference}`, reference };
}

/** A list of which the store has no image for this machine is pushed as a whole: undefined. */
async function listOrThrow(context: EngineContext, ref: string, error: unknown): Promise<undefined> {
  const list = isEngineError(error, "no-such-image") ? await findImage(context, ref, { list: "prefer" }) : undefined;
  if (list === undefined) throw error;
}

async function pushWholeList(context: EngineContext, { ref, destination = "", ...input }: PushInput, report: (item: PushItem) => void, signal: AbortSignal): Promise<void> {
  const { push: pushList } = await import("../manifest/push.ts");
  for await (const { Id, ...item } of pushList(context, { ...input, name: ref, destination: destination === "" ? ref : destination }, { signal })) report(Id === undefined ? item : { manifestdigest: Id });
}

async function pushTo(context: EngineContext, input: PushInput, found: FoundImage, location: ImageLocation, call: CallOptions): Promise<string> {
  await using source = openStorageSource({ transport: "containers-storage", display: found.name }, await context.store(), found.image);
  return await sendImage(context, input, { source, names: found.image.names, tags: repoTags(found.image) }, location, call);
}

export type SendInput = Omit<PushInput, "ref" | "destination"> & Pick<CopyOptions, "addCompression">;
/** `names`: on the same registry blobs may be mounted from there. `tags` go into archives. */
export interface Sent { readonly source: ImageSource; readonly names: readonly string[]; readonly tags: readonly string[]; readonly whole?: NonNullable<CopyOptions["all"]> }

/** Copies an image or a whole list to where `location` says; returns the digest of its manifest there. */
export async function sendImage(context: EngineContext, input: SendInput, { source, names, tags, whole }: Sent, location: ImageLocation, call: CallOptions): Promise<string> {
  const copy: CopyOptions = {
    ...copyOptionsOf(context, input, call), ...formatOptions(context, input), ...(input.removeSignatures === true ? { removeSignatures: true } : {}), ...signing(context, input, location, call),
    ...await encrypting(context, input), ...(whole === undefined ? {} : { all: whole }), ...(input.addCompression === undefined ? {} : { addCompression: input.addCompression }),
  };
  using cache = location.transport === "docker" ? openBlobCache(context.config.storage.graphRoot) : undefined;
  const run = async (destination: ImageDestination, options: CopyOptions = { ...copy, ...(cache === undefined ? {} : { cache }) }): Promise<string> => {
    await using _destination = destination;
    return (await copyImage(source, destination, options)).manifest.digest;
  };
  switch (location.transport) {
    case "docker": {
      const registry = parseNormalized(location.reference ?? "").domain;
      const mountFrom = [...new Set(names.map((name) => parseNormalized(repositoryPart(name))).filter(({ domain }) => domain === registry).map(({ path }) => path))];
      // Awaited here: the cache is closed when this function ends.
      return await run(openDockerDestination({ location, reference: location.reference ?? "", access: accessOf(context, input), env: context.env, mountFrom, cache, ...(call.signal === undefined ? {} : { signal: call.signal }) }));
    }
    case "dir": {
      const destination = await openDirectoryDestination(location, location.path ?? "");
      return await run(input.compress === true ? { ...destination, layers: "compress" } : destination);
    }
    case "oci": return await run(await openLayoutDestination(location, location.path ?? "", location.reference));
    case "oci-archive": return await pushOciArchive(context, location, run);
    case "docker-archive": return await pushDockerArchive(context, location, tags, run);
    case "containers-storage": return await run(openStorageDestination(location, { store: await context.store(), names: [formatReference(withDefaultTag(parseNormalized(location.reference ?? "")))], temporaryFolder: temporaryFolder(context) }));
    case "docker-daemon": return await pushToDaemon(context, location, call, run);
  }
}

async function encrypting({ env }: EngineContext, { encryptionKeys = [], encryptLayers }: SendInput): Promise<Pick<CopyOptions, "encryption">> {
  if (encryptionKeys.length === 0) return {};
  return { encryption: (await import("../transports/encryption/layer.ts")).layerEncryption(encryptionKeys, encryptLayers, env) };
}

/** @throws invalid-argument for formats that nobody writes any more */
function formatOptions({ config }: EngineContext, input: SendInput): CopyOptions {
  const { format, compressionFormat, compressionLevel, forceCompressionFormat } = input;
  if (format !== undefined && !["", "oci", "v2s2", "docker"].includes(format)) throw new EngineError("invalid-argument", `unknown format ${JSON.stringify(format)}. Choose one of the supported formats: "oci", "v2s2"`);
  const wanted = compressionFormat ?? config.engine.compressionFormat;
  const algorithm = wanted.startsWith("zstd") ? "zstd" : "gzip";
  if (!["", "gzip", "zstd", "zstd:chunked"].includes(wanted)) throw new EngineError("invalid-argument", `cannot find compressor for ${JSON.stringify(wanted)}`);
  const level = compressionLevel ?? config.engine.compressionLevel;
  return {
    ...(format === undefined || format === "" ? {} : { format: format === "oci" ? "oci" : "v2s2" }),
    compression: { algorithm, ...(level === undefined ? {} : { level }), ...(wanted === "zstd:chunked" ? { chunked: true } : {}) },
    // A format that was asked for on the command line is meant for all layers.
    ...(forceCompressionFormat === true || (compressionFormat !== undefined && forceCompressionFormat === undefined) ? { forceCompression: true } : {}),
  };
}

/** The archive carries the image's other names too. */
async function pushDockerArchive(context: EngineContext, location: ImageLocation, names: readonly string[], run: (destination: ImageDestination) => Promise<string>): Promise<string> {
  const path = location.path ?? "";
  if (existsSync(path) && statSync(path).isFile() && statSync(path).size > 0) throw new EngineError("failed-precondition", "docker-archive doesn't support modifying existing images");
  return intoNewFile(path, async (write) => {
    const writer = new DockerArchiveWriter(write, temporaryFolder(context));
    const digest = await run(writer.destination(location, [...new Set([...(location.reference === undefined ? [] : [archiveTag(location.reference)]), ...names])]));
    await writer.finish();
    return digest;
  });
}

async function pushToDaemon(context: EngineContext, location: ImageLocation, call: CallOptions, run: (destination: ImageDestination) => Promise<string>): Promise<string> {
  const { reference = "" } = location;
  if (isDigest(reference) || parseNormalized(reference).tag === undefined) throw new EngineError("invalid-argument", `Invalid destination ${location.display}: a destination must be a name:tag`);
  const { writeToDaemon } = await import("../transports/docker-daemon.ts");
  let digest = "";
  await writeToDaemon(pipeBytes(async (write) => {
    const writer = new DockerArchiveWriter(write, temporaryFolder(context));
    digest = await run(writer.destination(location, [reference]));
    await writer.finish();
  }), { env: context.env, ...call });
  return digest;
}

async function pushOciArchive(context: EngineContext, location: ImageLocation, run: (destination: ImageDestination) => Promise<string>): Promise<string> {
  const folder = await mkdtemp(join(temporaryFolder(context), "container_images_oci"));
  try {
    const digest = await run(await openLayoutDestination(location, folder, location.reference));
    return await intoNewFile(location.path ?? "", async (write) => {
      for await (const chunk of packFolder(folder)) await write(chunk);
      return digest;
    });
  } finally { await rm(folder, { recursive: true, force: true }); }
}

/** Removes the file again when writing fails, unless it was there before. */
async function intoNewFile(path: string, work: (write: (chunk: Uint8Array) => Promise<void>) => Promise<string>): Promise<string> {
  const existed = existsSync(path);
  const file = await open(path, existed ? "r+" : "wx", 0o644).catch((error: unknown) => { throw isErrno(error, "ENOENT", "EACCES") ? within(`opening file ${JSON.stringify(path)}`, error) : error; });
  try {
    return await work(async (chunk) => { await writeStream(file, (async function* () { yield chunk; })()); });
  } catch (error) {
    if (!existed) await rm(path, { force: true });
    throw error;
  } finally { await file.close(); }
}
