/** A stored list to push: each image is read where the list says it was found, artifacts from their files. */
import { createReadStream } from "node:fs";
import { EngineError, within } from "../base/errors.ts";
import type { CallOptions } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { digestOf } from "../formats/digest.ts";
import { manifestType } from "../formats/manifest.ts";
import { manifestDigests } from "../image/lookup.ts";
import { openSource } from "../image/open-source.ts";
import type { Store } from "../storage/store.ts";
import { parseLocation } from "../transports/location.ts";
import { openStorageSource } from "../transports/storage/source.ts";
import type { ImageLocation, ImageSource, ManifestBytes, RegistryAccess } from "../transports/types.ts";
import { streamOf } from "../transports/verify.ts";
import type { StoredList } from "./list-store.ts";

/** Images of registries are opened once each. The caller disposes it. */
export async function openListSource(context: EngineContext, stored: StoredList, access: RegistryAccess, call: CallOptions): Promise<ImageSource> {
  const store = await context.store();
  const bytes = store.imageData(stored.image.id, "manifest");
  const top: ManifestBytes = { bytes, mediaType: manifestType(bytes), digest: digestOf(bytes) };
  const opened = new Map<string, Promise<ImageSource>>();
  return {
    location: { transport: "containers-storage", display: `containers-storage:${stored.image.id}` },
    manifest: async () => top,
    blob: async ({ digest }) => { throw new EngineError("not-found", `a manifest list has no blob ${digest}`); },
    instance: async (digest) => artifactSource(stored, digest) ?? await instanceSource({ context, store, stored, access, call, opened }, digest),
    async [Symbol.asyncDispose]() {
      for (const source of await Promise.allSettled(opened.values())) if (source.status === "fulfilled") await source.value[Symbol.asyncDispose]();
    },
  };
}

interface Parts {
  readonly context: EngineContext; readonly store: Store; readonly stored: StoredList; readonly access: RegistryAccess; readonly call: CallOptions; readonly opened: Map<string, Promise<ImageSource>>;
}

async function instanceSource(parts: Parts, digest: string): Promise<ImageSource> {
  const { context, store, stored, access, call, opened } = parts;
  const text = stored.instances[digest];
  const location = text === undefined ? undefined : parseLocation(text);
  if (location === undefined || location.transport === "containers-storage") {
    const local = localSource(store, stored, digest);
    if (local !== undefined) return local;
    throw new EngineError("not-found", `image ${digest} of manifest list ${stored.image.id} is not in local containers storage${text === undefined ? "" : ` any more (${text})`}`, { reason: "no-such-image" });
  }
  const key = location.display;
  let source = opened.get(key);
  if (source === undefined) opened.set(key, source = openSource(context, location, access, call));
  const whole = await source.catch((error: unknown) => { throw within(`creating ImageReference from image ${JSON.stringify(text)}`, error); });
  return { ...whole, manifest: async (wanted) => whole.manifest(wanted ?? digest), async [Symbol.asyncDispose]() { /* ends with the list's */ } };
}

/** By its digest, because names move. */
function localSource(store: Store, { image: list }: StoredList, digest: string): ImageSource | undefined {
  const image = store.images().find((each) => each.id !== list.id && manifestDigests(each).includes(digest));
  if (image === undefined) return undefined;
  const location: ImageLocation = { transport: "containers-storage", display: `containers-storage:@${image.id}` };
  return openStorageSource(location, store, image);
}

function artifactSource({ artifacts }: StoredList, digest: string): ImageSource | undefined {
  const text = artifacts.manifests?.[digest];
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text);
  return {
    location: { transport: "oci", display: `oci:${digest}` },
    manifest: async () => ({ bytes, mediaType: manifestType(bytes), digest }),
    blob: async ({ digest: wanted }) => {
      const path = artifacts.detached?.[wanted];
      const kept = artifacts.blobs?.[wanted];
      if (kept !== undefined) return streamOf(Buffer.from(kept, "base64"));
      if (path === undefined) throw new EngineError("data-loss", `no file or blob with artifact "config" or "layer" digest ${JSON.stringify(wanted)} recorded`);
      return createReadStream(path) as AsyncIterable<Uint8Array>;
    },
    async [Symbol.asyncDispose]() { /* nothing held */ },
  };
}
