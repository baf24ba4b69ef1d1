import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { ByteStream, CallOptions, InputOf } from "../contract/kit.ts";
import type { save as operation } from "../contract/image/save.ts";
import type { EngineContext } from "../engine/context.ts";
import { formatReference, normalizeLocal } from "../formats/reference.ts";
import { DockerArchiveWriter } from "../transports/archive/docker-write.ts";
import { packFolder } from "../transports/archive/pack.ts";
import { copyImage } from "../transports/copy.ts";
import { openDirectoryDestination } from "../transports/directory.ts";
import { openLayoutDestination } from "../transports/oci-layout.ts";
import { openStorageSource } from "../transports/storage/source.ts";
import type { CopyOptions, ImageDestination, ImageLocation } from "../transports/types.ts";
import { copyOptionsOf, temporaryFolder } from "./access.ts";
import { lookupImage, type FoundImage } from "./lookup.ts";
import { pipeBytes } from "./pipe-bytes.ts";

type SaveInput = InputOf<typeof operation.input>;

/** Archives images as a stream; nothing is written when an image is unknown. @throws not-found/no-such-image, invalid-argument */
export async function* save(context: EngineContext, input: SaveInput, call: CallOptions = {}): ByteStream {
  const [first, ...others] = input.references ?? [];
  if (first === undefined) throw new EngineError("invalid-argument", "no images to save");
  const format = input.format ?? "docker-archive";
  const copy: CopyOptions = { ...copyOptionsOf(context, {}, call), retries: 0, removeSignatures: true };
  switch (format) {
    case "": case "docker-archive": yield* saveDockerArchive(context, input, copy); break;
    case "oci-archive": case "oci-dir": case "docker-dir": {
      if (input.multiImage === true && others.length > 0) throw new EngineError("invalid-argument", `multi-image archives are supported for docker-archive only, not ${format}`);
      yield* saveFolder(context, first, format, input, copy);
      break;
    }
    default: throw new EngineError("invalid-argument", `unsupported format ${JSON.stringify(format)} for saving images`);
  }
  for (const { found } of await collect(context, input)) await context.emit({ type: "image", status: "save", id: found.image.id, name: input.destination ?? "/dev/stdout" });
}

interface Saved { readonly found: FoundImage; readonly tags: string[] }

/** References to one image share an entry. Without `multiImage` all but the first are more names of it. */
async function collect(context: EngineContext, { references = [], multiImage }: SaveInput): Promise<readonly Saved[]> {
  const images = new Map<string, Saved>();
  for (const ref of multiImage === true ? references : references.slice(0, 1)) {
    const found = await lookupImage(context, ref);
    const saved = images.get(found.image.id) ?? { found, tags: [] };
    if (found.name.includes("/") && !found.name.includes("@")) saved.tags.push(found.name);
    images.set(found.image.id, saved);
  }
  const [first] = images.values();
  if (multiImage !== true && first !== undefined) first.tags.push(...references.slice(1).map((name) => formatReference(normalizeLocal(name))));
  return [...images.values()];
}

async function* saveDockerArchive(context: EngineContext, input: SaveInput, copy: CopyOptions): ByteStream {
  const images = await collect(context, input);
  const store = await context.store();
  const location: ImageLocation = { transport: "docker-archive", display: "docker-archive:" };
  yield* pipeBytes(async (write) => {
    const writer = new DockerArchiveWriter(write, temporaryFolder(context));
    for (const { found, tags } of images) {
      await using source = openStorageSource({ transport: "containers-storage", display: found.name }, store, found.image);
      await using destination = writer.destination(location, [...new Set(tags)]);
      await copyImage(source, destination, copy);
    }
    await writer.finish();
  });
}

async function* saveFolder(context: EngineContext, ref: string, format: "oci-archive" | "oci-dir" | "docker-dir", input: SaveInput, copy: CopyOptions): ByteStream {
  const found = await lookupImage(context, ref);
  const folder = await mkdtemp(join(temporaryFolder(context), "container_images_save"));
  try {
    await using source = openStorageSource({ transport: "containers-storage", display: found.name }, await context.store(), found.image);
    await using destination = await openFolder(folder, format, found, input);
    await copyImage(source, destination, { ...copy, format: format === "docker-dir" ? "v2s2" : "oci" });
    yield* packFolder(folder);
  } finally { await rm(folder, { recursive: true, force: true }); }
}

async function openFolder(folder: string, format: string, { image, name }: FoundImage, { compress, uncompressed }: SaveInput): Promise<ImageDestination> {
  if (format === "docker-dir") {
    const destination = await openDirectoryDestination({ transport: "dir", display: "dir:" }, folder);
    return compress === true ? { ...destination, layers: "compress" } : destination;
  }
  const layout = await openLayoutDestination({ transport: "oci", display: "oci:" }, folder, image.id.startsWith(name) || name.startsWith("sha256:") ? undefined : name);
  return uncompressed === true ? { ...layout, layers: "keep" } : layout;
}
