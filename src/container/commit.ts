import { EngineError, messageOf } from "../base/errors.ts";
import type { CommitReport, commit as operation } from "../contract/container/commit.ts";
import type { ByteStream, CallOptions, InputOf } from "../contract/kit.ts";
import type { Descriptor, ImageConfig } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { digestHex, digestOf } from "../formats/digest.ts";
import { configTypeFor, goJson, layerTypeFor, writeManifest, type ManifestFormat } from "../formats/manifest-write.ts";
import { formatReference, normalizeLocal } from "../formats/reference.ts";
import { temporaryFolder } from "../image/access.ts";
import { layersOf, readImage } from "../image/facts.ts";
import type { Store, StoreImage, StoreLayer } from "../storage/store.ts";
import { spool } from "../transports/spool.ts";
import { layerId, manifestKey, manifestKeyOf } from "../transports/storage/chain.ts";
import { Meter } from "../transports/verify.ts";
import { commitDefaults, dockerDocument, ociDocument, type CommitDocument } from "./commit-config.ts";
import type { ContainerRecord } from "./record.ts";
import { emitContainer, sync } from "./sync.ts";

type CommitInput = InputOf<typeof operation.input>;

/**
 * Layer, configuration, manifest, image: only the last step shows anything, and a layer without image is removed again.
 * @throws not-found/no-such-container, invalid-argument for a wrong format, change or name
 */
export async function commit(context: EngineContext, input: CommitInput, options: CallOptions = {}): Promise<CommitReport> {
  const format = formatOf(input.format);
  if ((input.comment ?? "") !== "" && format === "oci") throw new EngineError("invalid-argument", "messages are only compatible with the docker image format (-f docker)");
  const name = newName(input);
  const id = context.containers().resolveId(input.ref);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  const { imageId } = record.config;
  if (imageId === undefined) throw new EngineError("invalid-argument", "cannot commit a container that uses an exploded rootfs");
  const resume = await freeze(context, record, input.pause === true);
  let image: StoreImage;
  try { image = await write(context, record, { input, format, name, imageId }, options); } finally { await resume(); }
  await emitContainer(context, record, "commit");
  return { Id: image.id };
}

function formatOf(word = ""): ManifestFormat {
  if (word === "" || word.startsWith("oci")) return "oci";
  if (word.startsWith("docker")) return "v2s2";
  throw new EngineError("invalid-argument", `unrecognized image format ${JSON.stringify(word)}`);
}

function newName({ repo, tag }: CommitInput): string | undefined {
  if (repo === undefined || repo === "") return undefined;
  const typed = tag === undefined || tag === "" ? repo : `${repo}:${tag}`;
  try { return formatReference(normalizeLocal(typed)); } catch (error) {
    throw new EngineError("invalid-argument", `parsing reference ${JSON.stringify(typed)}: ${messageOf(error)}`, { cause: error });
  }
}

/** Stops a running container's processes; the answer lets them go on. */
async function freeze(context: EngineContext, { id, state, config }: ContainerRecord, wanted: boolean): Promise<() => Promise<void>> {
  if (!wanted || state.status !== "running") return async () => { /* not frozen by us */ };
  const runtime = await context.runtime(config.ociRuntime);
  await runtime.pause(id);
  return async () => {
    try { await runtime.resume(id); } catch (error) { context.warn(`Unpausing container ${JSON.stringify(id)}: ${messageOf(error)}`); }
  };
}

interface Plan { readonly input: CommitInput; readonly format: ManifestFormat; readonly name: string | undefined; readonly imageId: string }

async function write(context: EngineContext, record: ContainerRecord, { input, format, name, imageId }: Plan, { signal, onProgress }: CallOptions): Promise<StoreImage> {
  const store = await context.store();
  const parent = store.image(imageId);
  const base = readImage(store, parent).config;
  const defaults = commitDefaults(record, base.config ?? {}, input);
  const squash = input.squash === true;
  const below = squash ? [] : layersOf(store, parent).toReversed();
  const say = (key: string, message: string): void => { onProgress?.({ key, message }); };
  say("signatures", "Getting image source signatures");
  for (const { diffDigest = "" } of below) say(diffDigest, `Copying blob ${diffDigest}`);
  const { layer, made } = await addLayer(context, store, record, below.at(-1), squash, signal);
  try {
    say(layer.id, `Copying blob ${layer.diffDigest ?? ""}`);
    const created = new Date().toISOString();
    const stack = [...below, layer];
    const document: CommitDocument = {
      base: withoutHistory(base, squash), defaults, diffIds: stack.map(({ diffDigest = "" }) => diffDigest), created, author: input.author ?? base.author, comment: input.comment, from: record.config.imageName, squash,
    };
    const shaped = format === "oci" ? ociDocument(document) : dockerDocument(document, { container: record.id, image: record.config.imageName ?? "", ...(squash ? {} : { parent: `sha256:${parent.id}` }) });
    const configBytes = new TextEncoder().encode(goJson(shaped));
    const configDigest = digestOf(configBytes);
    say(configDigest, `Copying config ${configDigest}`);
    const { bytes } = manifestOf(format, configBytes, stack, created);
    say("manifest", "Writing manifest to image destination");
    const digest = digestOf(bytes);
    return await store.createImage({
      id: digestHex(configDigest), names: name === undefined ? [] : [name], topLayer: layer.id, digest, created, metadata: "{}",
      bigData: { [configDigest]: configBytes, [manifestKeyOf(digest)]: bytes, [manifestKey]: bytes },
    });
  } catch (error) {
    // Another image may have the same layer by now.
    if (made) await store.removeLayer(layer.id).catch(() => { /* in use */ });
    throw error;
  }
}

function withoutHistory(base: ImageConfig, squash: boolean): ImageConfig { return squash ? { ...base, history: [] } : base; }

function manifestOf(format: ManifestFormat, configBytes: Uint8Array, stack: readonly StoreLayer[], created: string): { readonly bytes: Uint8Array } {
  const layers = stack.map(({ diffDigest = "", diffSizeBytes = 0 }): Descriptor => ({ mediaType: layerTypeFor(format, "none"), digest: diffDigest, size: diffSizeBytes }));
  const config: Descriptor = { mediaType: configTypeFor(format), digest: digestOf(configBytes), size: configBytes.length };
  return writeManifest(format, { config, layers, annotations: { "org.opencontainers.image.created": created } });
}

/** The layer's id follows from its digest, which is known when all of it was read: it waits in an unnamed file. */
async function addLayer(context: EngineContext, store: Store, record: ContainerRecord, top: StoreLayer | undefined, squash: boolean, signal: AbortSignal | undefined): Promise<{ readonly layer: StoreLayer; readonly made: boolean }> {
  const meter = new Meter();
  const content = squash ? wholeRoot(store, record.id, signal) : store.diff(store.container(record.id).layerId);
  await using kept = await spool(meter.through(content), temporaryFolder(context));
  const { digest, size } = meter.result();
  const id = layerId(top?.id, digest);
  const made = !store.layers().some((layer) => layer.id === id);
  const layer = await store.putLayer({
    id, diff: kept.stream(), expectedDiffDigest: digest, compressedDigest: digest, compressedSizeBytes: size, compression: 0,
    ...(top === undefined ? {} : { parent: top.id }), ...(signal === undefined ? {} : { signal }),
  });
  return { layer, made };
}

async function* wholeRoot(store: Store, id: string, signal: AbortSignal | undefined): ByteStream {
  const root = await store.mountContainer(id);
  try {
    const { tarDirectory } = await import("../storage/archive/diff.ts");
    yield* tarDirectory({ directory: root, ...(signal === undefined ? {} : { signal }) });
  } finally { await store.unmountContainer(id); }
}
