/** Signatures as cosign keeps them in a registry: an image tagged `sha256-HEX.sig` whose layers are the payloads. */
import { EngineError, isEngineError } from "../../base/errors.ts";
import { mediaTypes, type Descriptor, type ImageManifest } from "../../contract/types/oci.ts";
import { digestOf, parseDigest } from "../../formats/digest.ts";
import { maxManifestBytes, parseManifest } from "../../formats/manifest.ts";
import { writeManifest } from "../../formats/manifest-write.ts";
import { failureOf } from "../docker/failures.ts";
import type { RegistryClient } from "../docker/client.ts";
import { readAll, verified } from "../verify.ts";
import { maxSignatureBytes, maxSignatures, type Signature } from "./blob.ts";

type Sigstore = Signature & { readonly kind: "sigstore" };

export function attachmentTag(digest: string): string {
  const { algorithm, hex } = parseDigest(digest);
  return `${algorithm}-${hex}.sig`;
}

/** All attachments of a manifest, of whatever media type; none when there is no such tag. @throws what the registry says otherwise */
export async function readAttachments(client: RegistryClient, digest: string, signal?: AbortSignal): Promise<readonly Sigstore[]> {
  const manifest = await readManifest(client, digest, signal);
  const found: Sigstore[] = [];
  for (const layer of manifest?.layers ?? []) {
    found.push({ kind: "sigstore", mediaType: layer.mediaType, payload: await readBlob(client, layer, maxSignatureBytes, signal), annotations: layer.annotations ?? {} });
  }
  return found;
}

async function readManifest(client: RegistryClient, digest: string, signal?: AbortSignal): Promise<ImageManifest | undefined> {
  const tag = attachmentTag(digest);
  let found;
  try { found = await client.manifest(tag, signal); } catch (error) {
    if (isEngineError(error, "not-found")) return undefined;
    throw error;
  }
  const parsed = parseManifest(found.bytes, found.mediaType);
  if (parsed.kind !== "image" || parsed.mediaType !== mediaTypes.ociManifest) throw new EngineError("invalid-argument", `unexpected MIME type for sigstore attachment manifest ${tag}`);
  if (parsed.image.layers.length > maxSignatures) throw new EngineError("resource-exhausted", `${tag} has more than ${maxSignatures} signatures`);
  return parsed.image;
}

async function readBlob(client: RegistryClient, descriptor: Descriptor, limit: number, signal?: AbortSignal): Promise<Uint8Array> {
  if (descriptor.size > limit) throw new EngineError("resource-exhausted", `signature ${descriptor.digest} is larger than ${limit} bytes`);
  const response = await client.request({ method: "GET", path: `/v2/${client.path}/blobs/${descriptor.digest}`, ...(signal === undefined ? {} : { signal }) });
  if (response.status !== 200 || response.body === null) throw await failureOf(response, "fetching signature");
  return readAll(verified(response.body, descriptor), limit, "signature");
}

/** How a registry is written to; the destination's own methods. */
export interface AttachmentWriter {
  putBlob(bytes: Uint8Array, mediaType: string): Promise<Descriptor>;
  putManifest(bytes: Uint8Array, mediaType: string, tag: string): Promise<void>;
}

/** Adds the signatures to those that are there; equal ones once. The tag moves last. */
export async function writeAttachments(client: RegistryClient, writer: AttachmentWriter, digest: string, signatures: readonly Sigstore[], signal?: AbortSignal): Promise<void> {
  const before = await readManifest(client, digest, signal);
  const config = before === undefined ? { rootfs: { type: "layers", diff_ids: [] } } : JSON.parse(Buffer.from(await readBlob(client, before.config, maxManifestBytes, signal)).toString("utf8"));
  const layers = [...before?.layers ?? []];
  for (const signature of signatures.filter((each) => !layers.some((layer) => isSame(layer, each)))) {
    layers.push({ ...await writer.putBlob(signature.payload, signature.mediaType), annotations: signature.annotations });
  }
  const configBytes = Buffer.from(JSON.stringify({ architecture: "", os: "", ...config, rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) } }));
  const written = writeManifest("oci", { config: await writer.putBlob(configBytes, mediaTypes.ociConfig), layers });
  await writer.putManifest(written.bytes, written.mediaType, attachmentTag(digest));
}

function isSame(layer: Descriptor, { mediaType, payload, annotations }: Sigstore): boolean {
  const entries = Object.entries(annotations);
  return layer.mediaType === mediaType && layer.digest === digestOf(payload)
    && entries.length === Object.keys(layer.annotations ?? {}).length && entries.every(([name, value]) => layer.annotations?.[name] === value);
}
