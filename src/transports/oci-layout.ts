/** `oci:`: an OCI image layout (image-spec image-layout.md): `oci-layout`, `index.json`, `blobs/<algorithm>/<hex>`. */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import { mediaTypes, type Descriptor, type ImageIndex } from "../contract/types/oci.ts";
import { checkDigest, parseDigest } from "../formats/digest.ts";
import { manifestType, maxManifestBytes, parseManifest } from "../formats/manifest.ts";
import { goJson } from "../formats/manifest-write.ts";
import { present } from "./directory.ts";
import { readFileStream, writeStream } from "./file.ts";
import type { ImageDestination, ImageLocation, ImageSource, ManifestBytes } from "./types.ts";
import { Meter, readAll } from "./verify.ts";
import type { ByteStream } from "../contract/kit.ts";

export const refNameAnnotation = "org.opencontainers.image.ref.name";
const containerdNameAnnotation = "io.containerd.image.name";

export function blobPath(digest: string): string {
  const { algorithm, hex } = parseDigest(digest);
  return `blobs/${algorithm}/${hex}`;
}

/** Reads parts of a layout by name, wherever it is: a folder, an archive. */
export interface LayoutReader {
  /** At most `limit` bytes. @throws not-found */
  read(name: string, limit: number): Promise<Uint8Array>;
  stream(name: string, offset: number): Promise<ByteStream>;
}

export function folderReader(path: string): LayoutReader {
  return {
    read: async (name, limit) => readAll(readFileStream(await present(join(path, name))), limit, name),
    stream: async (name, offset) => readFileStream(await present(join(path, name)), offset),
  };
}

/** The index of a layout. @throws not-found, invalid-argument */
export async function readLayoutIndex(reader: LayoutReader): Promise<ImageIndex> {
  const parsed = parseManifest(await reader.read("index.json", maxManifestBytes), mediaTypes.ociIndex);
  if (parsed.kind !== "index") throw new EngineError("invalid-argument", "index.json is not an image index");
  return parsed.index;
}

/** The name that an entry carries, if any. containerd's annotation is fuller and wins. */
export function nameOfEntry(entry: Descriptor): string | undefined {
  const name = entry.annotations?.[containerdNameAnnotation] ?? entry.annotations?.[refNameAnnotation];
  return name === "" ? undefined : name;
}

/**
 * Chooses an entry: by `org.opencontainers.image.ref.name`, by position (`@2`), or the only one.
 * @throws not-found, invalid-argument when there are several
 */
export function chooseEntry(index: ImageIndex, image: string | undefined): Descriptor {
  const entries = index.manifests;
  const position = /^@(\d+)$/.exec(image ?? "")?.[1];
  const found = position !== undefined ? entries[Number(position)]
    : image === undefined || image === "" ? entries[0] : entries.find((entry) => entry.annotations?.[refNameAnnotation] === image);
  if (found === undefined) throw new EngineError("not-found", `no descriptor found for reference ${JSON.stringify(image ?? "")}`, { reason: "manifest-unknown" });
  if ((image === undefined || image === "") && entries.length > 1) throw new EngineError("invalid-argument", "more than one image in oci, choose an image", { hint: "add the image's name after a colon" });
  return found;
}

export async function openLayoutSource(location: ImageLocation, reader: LayoutReader, image?: string): Promise<ImageSource> {
  const entry = chooseEntry(await readLayoutIndex(reader), image);
  const read = async (digest: string): Promise<ManifestBytes> => {
    const bytes = await reader.read(blobPath(digest), maxManifestBytes);
    checkDigest(bytes, digest, `manifest ${digest}`);
    return { bytes, digest, mediaType: digest === entry.digest && entry.mediaType !== "" ? entry.mediaType : manifestType(bytes) };
  };
  return {
    location,
    manifest: (digest) => read(digest ?? entry.digest),
    blob: ({ digest }, options = {}) => reader.stream(blobPath(digest), options.offset ?? 0),
    async [Symbol.asyncDispose]() { /* the reader's owner closes */ },
  };
}

/** Adds to a layout, or makes one. The index is replaced last and atomically, so an interrupted copy changes nothing visible. */
export async function openLayoutDestination(location: ImageLocation, path: string, image?: string): Promise<ImageDestination> {
  mkdirSync(join(path, "blobs/sha256"), { recursive: true, mode: 0o755 });
  const temporary = new Set<string>();
  let manifest: Descriptor | undefined;
  const putBlob = async (data: ByteStream): Promise<{ readonly digest: string; readonly size: number }> => {
    const partial = join(path, `oci-put-blob${newId().slice(0, 12)}`);
    temporary.add(partial);
    const meter = new Meter();
    await using file = await open(partial, "wx", 0o644);
    await writeStream(file, meter.through(data));
    const result = meter.result();
    renameSync(partial, join(path, blobPath(result.digest)));
    temporary.delete(partial);
    return result;
  };
  return {
    location, manifestTypes: [mediaTypes.ociManifest, mediaTypes.ociIndex], layers: "compress",
    reuse: async (descriptor) => {
      const info = await stat(join(path, blobPath(descriptor.digest))).catch(() => undefined);
      return info?.size === descriptor.size ? descriptor : undefined;
    },
    put: async (descriptor, data) => ({ ...descriptor, ...(await putBlob(data)) }),
    putManifest: async (bytes, mediaType, instance) => {
      const { digest, size } = await putBlob((async function* () { yield bytes; })());
      if (instance !== undefined && instance !== digest) throw new EngineError("data-loss", `manifest ${instance}: digest did not match, got ${digest}`, { reason: "digest-mismatch" });
      if (instance === undefined) manifest = { mediaType, digest, size };
    },
    commit: async () => { if (manifest !== undefined) await writeIndex(path, manifest, image); },
    async [Symbol.asyncDispose]() { for (const partial of temporary) rmSync(partial, { force: true }); },
  };
}

async function writeIndex(path: string, manifest: Descriptor, image: string | undefined): Promise<void> {
  await writeFile(join(path, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  const before = await readFile(join(path, "index.json")).then((bytes) => parseManifest(bytes, mediaTypes.ociIndex), () => undefined);
  const named = image === undefined || image === "" ? {} : { annotations: { [refNameAnnotation]: image } };
  const entry = { ...manifest, ...named };
  const kept = (before?.kind === "index" ? before.index.manifests : []).filter((old) => (image === undefined || image === "" ? old.digest !== manifest.digest : old.annotations?.[refNameAnnotation] !== image));
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [...kept, entry] };
  const partial = join(path, `index.json.${newId().slice(0, 12)}`);
  await writeFile(partial, goJson(index));
  renameSync(partial, join(path, "index.json"));
}
