/** An image with a schema 1 manifest, offered as schema 2: its layers are fetched first, because only they tell their DiffIDs. */
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { mediaTypes, type Descriptor } from "../../contract/types/oci.ts";
import { digestOf } from "../../formats/digest.ts";
import { writeManifest } from "../../formats/manifest-write.ts";
import { parseSchema1, schema2Config } from "../../formats/manifest-v1.ts";
import { decompressAny } from "../../storage/archive/decompress.ts";
import { spool, type Spooled } from "../spool.ts";
import type { ImageSource, ManifestBytes } from "../types.ts";
import { Meter, streamOf, verified } from "../verify.ts";

/** Such manifests name no sizes; a layer that never ends ends here. */
const maxLayerBytes = 64 * 2 ** 30;

interface Fetched { readonly descriptor: Descriptor; readonly diffId: string; readonly data: Spooled }

/** Takes `source` over. @throws invalid-argument, data-loss/digest-mismatch, and what fetching throws; nothing stays */
export async function convertSchema1(source: ImageSource, original: ManifestBytes, temporaryFolder: string, signal?: AbortSignal): Promise<ImageSource> {
  await using kept = new AsyncDisposableStack();
  kept.use(source);
  const image = parseSchema1(original.bytes);
  const fetched = new Map<string, Fetched>();
  for (const { digest } of image.layers.filter(({ isEmpty }) => !isEmpty)) {
    if (fetched.has(digest)) continue;
    const layer = await fetchLayer(source, digest, temporaryFolder, signal);
    kept.use(layer.data);
    fetched.set(digest, layer);
  }
  const layers = image.layers.flatMap(({ digest, isEmpty }) => { const layer = fetched.get(digest); return isEmpty || layer === undefined ? [] : [layer]; });
  const configBytes = schema2Config(image, layers.map(({ diffId }) => diffId));
  const config = { mediaType: mediaTypes.dockerConfig, digest: digestOf(configBytes), size: configBytes.length };
  const { bytes, mediaType } = writeManifest("v2s2", { config, layers: layers.map(({ descriptor }) => descriptor) });
  const manifest = { bytes, mediaType, digest: digestOf(bytes) };
  const held = kept.move();
  return {
    location: source.location,
    manifest: async (digest) => {
      if (digest !== undefined && digest !== manifest.digest) throw new EngineError("not-found", `there is no manifest ${digest} in ${source.location.display}`, { reason: "manifest-unknown" });
      return manifest;
    },
    blob: async ({ digest }) => {
      if (digest === config.digest) return streamOf(configBytes);
      const layer = fetched.get(digest);
      if (layer === undefined) throw new EngineError("not-found", `there is no blob ${digest} in ${source.location.display}`);
      return layer.data.stream();
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function fetchLayer(source: ImageSource, digest: string, folder: string, signal?: AbortSignal): Promise<Fetched> {
  // Without a size a broken download cannot be told from a whole one but by the digest.
  const asked = { mediaType: mediaTypes.dockerLayerGzip, digest, size: 0 };
  const data = await spool(verified(bounded(await source.blob(asked, signal === undefined ? {} : { signal })), { digest }), folder);
  try {
    const { compression, stream } = await decompressAny(data.stream());
    const meter = new Meter();
    for await (const _chunk of meter.through(stream)) signal?.throwIfAborted();
    const mediaType = compression === "none" ? mediaTypes.dockerLayer : mediaTypes.dockerLayerGzip;
    return { descriptor: { mediaType, digest, size: data.size }, diffId: meter.result().digest, data };
  } catch (error) {
    await data[Symbol.asyncDispose]();
    throw error;
  }
}

async function* bounded(data: ByteStream): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of data) {
    total += chunk.length;
    if (total > maxLayerBytes) throw new EngineError("resource-exhausted", `layer is larger than ${maxLayerBytes} bytes`);
    yield chunk;
  }
}
