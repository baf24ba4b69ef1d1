/** A checkpoint as an image: one layer with the archive's files, and annotations that tell where it was made. */
import { messageOf, EngineError } from "../../base/errors.ts";
import { mediaTypes } from "../../contract/types/oci.ts";
import { podmanVersion } from "../../contract/version.ts";
import type { EngineContext } from "../../engine/context.ts";
import { digestHex, digestOf } from "../../formats/digest.ts";
import { goJson, writeManifest } from "../../formats/manifest-write.ts";
import { hostPlatform } from "../../formats/manifest.ts";
import { formatReference, normalizeLocal } from "../../formats/reference.ts";
import { temporaryFolder } from "../../image/access.ts";
import { criuVersion } from "../../runtime/criu.ts";
import { spool } from "../../transports/spool.ts";
import { layerId } from "../../transports/storage/chain.ts";
import { Meter } from "../../transports/verify.ts";
import type { ContainerRecord } from "../record.ts";
import { archiveOf, type ArchiveOptions } from "./archive.ts";
import { annotationPrefix } from "./names.ts";

/** Takes the name from any other image. @throws invalid-argument for a name that is none */
export async function createCheckpointImage(context: EngineContext, record: ContainerRecord, options: ArchiveOptions & { readonly createImage: string }, signal: AbortSignal | undefined): Promise<void> {
  const name = nameOf(options.createImage);
  const store = await context.store();
  const meter = new Meter();
  await using kept = await spool(meter.through(archiveOf(context, record, options, signal)), temporaryFolder(context));
  const { digest: diff, size } = meter.result();
  const layer = await store.putLayer({ id: layerId(undefined, diff), diff: kept.stream(), expectedDiffDigest: diff, compressedDigest: diff, compressedSizeBytes: size, compression: 0 });
  const created = new Date().toISOString();
  const host = hostPlatform();
  const config = new TextEncoder().encode(goJson({
    created, architecture: host.architecture, os: host.os, config: {}, rootfs: { type: "layers", diff_ids: [diff] }, history: [{ created, created_by: `podman container checkpoint ${record.name}` }],
  }));
  const configDigest = digestOf(config);
  const { bytes } = writeManifest("oci", {
    config: { mediaType: mediaTypes.ociConfig, digest: configDigest, size: config.length }, layers: [{ mediaType: mediaTypes.ociLayer, digest: diff, size }], annotations: await annotationsOf(context, record),
  });
  const digest = digestOf(bytes);
  await store.createImage({ id: digestHex(configDigest), names: [name], topLayer: layer.id, digest, created, metadata: "{}", bigData: { [configDigest]: config, [`manifest-${digest}`]: bytes, manifest: bytes } });
}

export function nameOf(text: string): string {
  try { return formatReference(normalizeLocal(text)); } catch (error) { throw new EngineError("invalid-argument", `parsing reference ${JSON.stringify(text)}: ${messageOf(error)}`, { cause: error }); }
}

async function annotationsOf(context: EngineContext, { name, config }: ContainerRecord): Promise<Record<string, string>> {
  const { hostInfo } = await import("../../system/info/host.ts");
  const host = await hostInfo(context);
  const values: Readonly<Record<string, string>> = {
    "name": name, "rawImageName": config.create.image ?? "", "rootfsImageID": config.imageId ?? "", "rootfsImageName": config.imageName ?? "", "podman.version": podmanVersion, "criu.version": String(await criuVersion(context.env)),
    "runtime.name": config.ociRuntime, "runtime.version": host.ociRuntime.version, "conmon.version": host.conmon.version, "host.arch": host.arch, "host.kernel": host.kernel, "cgroups.version": host.cgroupVersion,
    "distribution.version": host.distribution.version, "distribution.name": host.distribution.distribution,
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${annotationPrefix}.${key}`, value]));
}
