import { isEngineError, within } from "../base/errors.ts";
import type { InputOf, UploadOptions } from "../contract/kit.ts";
import type { importImage as operation } from "../contract/image/import.ts";
import type { ImportReport } from "../contract/types/image-reports.ts";
import { mediaTypes, type Descriptor } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { decompressAny } from "../storage/archive/decompress.ts";
import type { Compression } from "../formats/compression/detect.ts";
import { digestHex, digestOf } from "../formats/digest.ts";
import { hostPlatform } from "../formats/manifest.ts";
import { goJson, writeManifest } from "../formats/manifest-write.ts";
import { formatReference, normalizeLocal } from "../formats/reference.ts";
import { copyImage } from "../transports/copy.ts";
import { spool, type Spooled } from "../transports/spool.ts";
import { openStorageDestination } from "../transports/storage/destination.ts";
import type { ImageSource } from "../transports/types.ts";
import { Meter, streamOf } from "../transports/verify.ts";
import { copyOptionsOf, temporaryFolder } from "./access.ts";
import { applyChanges } from "./config-changes.ts";

type ImportInput = InputOf<typeof operation.input>;

/** Makes a one-layer image of a root file system archive, compressed or not. @throws invalid-argument, data-loss/corrupt-archive */
export async function importImage(context: EngineContext, input: ImportInput, options: UploadOptions): Promise<ImportReport> {
  const names = input.reference === undefined || input.reference === "" ? [] : [formatReference(normalizeLocal(input.reference))];
  const defaults = applyChanges(input.changes ?? []);
  const meter = new Meter();
  await using kept = await spool(meter.through(options.body), temporaryFolder(context));
  const blob = meter.result();
  const { diffId, compression } = await measure(kept, blob.digest);
  const configBytes = new TextEncoder().encode(goJson(makeConfig(input, defaults, diffId)));
  const layer: Descriptor = { mediaType: layerType(compression), digest: blob.digest, size: blob.size };
  const source = makeSource(kept, configBytes, layer);
  await using destination = openStorageDestination({ transport: "containers-storage", display: names[0] ?? "" }, { store: await context.store(), names, temporaryFolder: temporaryFolder(context) });
  try { await copyImage(source, destination, copyOptionsOf(context, {}, options)); } catch (error) {
    throw isEngineError(error, "corrupt-archive") ? within("import", error) : error;
  }
  const { id } = destination.image();
  await context.emit({ type: "image", status: "import", id, name: input.reference ?? "" });
  return { Id: `sha256:${id}` };
}

async function measure(kept: Spooled, blobDigest: string): Promise<{ readonly diffId: string; readonly compression: Compression }> {
  const { compression, stream } = await decompressAny(kept.stream());
  if (compression === "none") return { diffId: blobDigest, compression };
  const meter = new Meter();
  for await (const _chunk of meter.through(stream)) { /* only counted */ }
  return { diffId: meter.result().digest, compression };
}

/** bzip2 and xz have no type of their own; the store looks at the bytes. */
function layerType(compression: Compression): string {
  if (compression === "none") return mediaTypes.ociLayer;
  return compression === "zstd" ? mediaTypes.ociLayerZstd : mediaTypes.ociLayerGzip;
}

function makeConfig({ os, arch, variant, message }: ImportInput, config: object, diffId: string): object {
  const host = hostPlatform();
  const created = new Date().toISOString();
  const named = (text: string | undefined, fallback: string): string => (text === undefined || text === "" ? fallback : text);
  return {
    created, architecture: named(arch, host.architecture), os: named(os, host.os), ...(variant === undefined || variant === "" ? {} : { variant }), config,
    rootfs: { type: "layers", diff_ids: [diffId] },
    history: [{ created, created_by: `/bin/sh -c #(nop) ADD file:${digestHex(diffId)} in /`, comment: named(message, "imported from tarball") }],
  };
}

function makeSource(kept: Spooled, configBytes: Uint8Array, layer: Descriptor): ImageSource {
  const config: Descriptor = { mediaType: mediaTypes.ociConfig, digest: digestOf(configBytes), size: configBytes.length };
  const { bytes, mediaType } = writeManifest("oci", { config, layers: [layer] });
  return {
    location: { transport: "docker-archive", display: "tarball" },
    manifest: async () => ({ bytes, mediaType, digest: digestOf(bytes) }),
    blob: async ({ digest }) => (digest === config.digest ? streamOf(configBytes) : kept.stream()),
    async [Symbol.asyncDispose]() { /* the spool is the caller's */ },
  };
}
