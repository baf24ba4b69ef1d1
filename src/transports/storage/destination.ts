/**
 * `containers-storage:` to write. Layer ids follow from the configuration's DiffIDs, so a layer that any image already has is
 * never fetched. Layers arrive at once and unpack while they stream; the store lists them in order. Where the store cannot
 * unpack a layer before its parent (vfs), layers that come too early wait in an unnamed file, compressed as they came.
 */
import { EngineError, isEngineError, within } from "../../base/errors.ts";
import type { ByteStream, CallOptions } from "../../contract/kit.ts";
import { mediaTypes, type Descriptor } from "../../contract/types/oci.ts";
import { decompressAny } from "../../storage/archive/decompress.ts";
import { digestHex, digestOf } from "../../formats/digest.ts";
import { maxManifestBytes } from "../../formats/manifest.ts";
import type { ImageCreate, PutLayer, Store, StoreImage } from "../../storage/store.ts";
import { spool } from "../spool.ts";
import type { FetchRange, ImageDestination, ImageLocation, PreparedImage } from "../types.ts";
import { Meter, readAll } from "../verify.ts";
import { compressionNumbers, layerIds, manifestKey, manifestKeyOf, signaturesKey, signaturesKeyOf, tocKey } from "./chain.ts";

export interface StorageDestinationOptions {
  readonly store: Store;
  /** Names to give the image; may be empty. */
  readonly names: readonly string[];
  /** Where layers wait that came too early. */
  readonly temporaryFolder: string;
  /** Take zstd:chunked layers in parts (storage.conf, enable_partial_images). */
  readonly partial?: boolean;
}

export interface StorageDestination extends ImageDestination {
  /** The image after `commit`. */
  readonly image: () => StoreImage;
}

/** Layers made here are removed again unless `commit` was reached; those that others had are left alone. */
export function openStorageDestination(location: ImageLocation, options: StorageDestinationOptions): StorageDestination {
  const writer = new StorageWriter(options);
  return {
    location,
    manifestTypes: [mediaTypes.ociManifest, mediaTypes.dockerManifest],
    layers: "keep",
    prepare: (image) => { writer.prepare(image); },
    reuse: (descriptor, index) => writer.reuse(descriptor, index),
    put: (descriptor, data, call) => writer.put(descriptor, data, call),
    ...(options.partial === true ? { putPartial: (descriptor, index, fetch, call) => writer.putPartial(descriptor, index, fetch, call) } satisfies Pick<ImageDestination, "putPartial"> : {}),
    abandon: (reason) => { writer.abandon(reason); },
    putManifest: async (bytes) => { writer.manifest = bytes; },
    putSignatures: async (blobs) => { writer.signatures = blobs; },
    commit: () => writer.commit(),
    image: () => writer.committed(),
    [Symbol.asyncDispose]: () => writer.close(),
  };
}

interface Slot { readonly id: string; readonly diffId: string; readonly done: Promise<void>; readonly resolve: () => void; readonly reject: (error: unknown) => void }

class StorageWriter {
  manifest: Uint8Array | undefined;
  signatures: readonly Uint8Array[] = [];
  readonly #options: StorageDestinationOptions;
  #slots: readonly Slot[] = [];
  #prepared: PreparedImage | undefined;
  #config: Uint8Array | undefined;
  #image: StoreImage | undefined;
  readonly #made: string[] = [];
  constructor(options: StorageDestinationOptions) { this.#options = options; }

  /** @throws invalid-argument when the configuration does not fit the manifest */
  prepare(image: PreparedImage): void {
    const diffIds = image.config?.rootfs.diff_ids ?? [];
    const ids = layerIds(diffIds);
    this.#prepared = image;
    this.#slots = ids.map((id, index) => newSlot(id, diffIds[index] ?? ""));
  }

  #has(id: string): boolean { return this.#options.store.layers().some((layer) => layer.id === id); }

  #slot(index: number): Slot {
    const slot = this.#slots[index];
    if (slot === undefined) throw new EngineError("invalid-argument", `image config has only ${this.#slots.length} DiffID values, but a layer with index ${index} exists`);
    return slot;
  }

  /** A layer of this chain that exists, or one with the same content elsewhere, which is copied. */
  async reuse(descriptor: Descriptor, index?: number): Promise<Descriptor | undefined> {
    if (index === undefined) return undefined;
    const slot = this.#slot(index);
    if (this.#has(slot.id)) { slot.resolve(); return descriptor; }
    const twin = this.#options.store.layers().find((layer) => layer.diffDigest === slot.diffId && !layer.readOnly);
    if (twin === undefined) return undefined;
    await this.#whenReady(index);
    const seen = twin.compressedDigest === descriptor.digest ? twin : undefined;
    await this.#unpack(index, this.#diffOf(twin.id), { digest: seen?.compressedDigest, size: seen?.compressedSizeBytes, compression: seen?.compression });
    return descriptor;
  }

  /** @throws not-found/layer-missing when the layer was removed while it was read */
  async *#diffOf(id: string): ByteStream {
    try { yield* this.#options.store.diff(id); } catch (error) {
      throw this.#has(id) ? error : new EngineError("not-found", `layer "${id}": layer not known`, { reason: "layer-missing", cause: error });
    }
  }

  async put(descriptor: Partial<Descriptor> & { readonly mediaType: string }, data: ByteStream, call: CallOptions & { readonly layerIndex?: number } = {}): Promise<Descriptor> {
    if (call.layerIndex === undefined) return this.#putConfig(descriptor, data);
    const { digest, size } = descriptor;
    if (digest === undefined || size === undefined) return this.#putUnknown(descriptor, data, call.layerIndex, call.signal);
    const slot = this.#slot(call.layerIndex);
    try {
      if (this.#options.store.driver === "overlay" || this.#isReady(call.layerIndex)) await this.#decompressInto(call.layerIndex, data, descriptor, call.signal);
      else await this.#spoolThenUnpack(call.layerIndex, data, descriptor, call.signal);
    } catch (error) { slot.reject(error); throw error; }
    return { ...descriptor, digest, size };
  }

  /** The layer's digest was not seen whole, so it is not recorded: a later push must not believe it. */
  async putPartial(descriptor: Descriptor, index: number, fetch: FetchRange, call: CallOptions = {}): Promise<Descriptor | undefined> {
    const { openPartial, isPartialFailure } = await import("./partial.ts");
    try {
      const layer = await openPartial(descriptor, this.#options.store, fetch);
      if (layer === undefined) return undefined;
      await this.#store(index, layer.tar, { tocDigest: layer.tocDigest, bigData: { [tocKey]: layer.toc } }, call.signal);
      return descriptor;
    } catch (error) {
      if (isPartialFailure(error)) return undefined;
      this.#slot(index).reject(error);
      throw error;
    }
  }

  /** A layer whose digest is known when it was read (decrypted on its way). It is read even when it is there already. */
  async #putUnknown(descriptor: Partial<Descriptor> & { readonly mediaType: string }, data: ByteStream, index: number, signal?: AbortSignal): Promise<Descriptor> {
    const slot = this.#slot(index);
    const meter = new Meter();
    const counted = meter.through(data);
    try {
      if (!this.#has(slot.id)) {
        if (this.#options.store.driver === "overlay" || this.#isReady(index)) await this.#decompressInto(index, counted, {}, signal);
        else await this.#spoolThenUnpack(index, counted, {}, signal);
      }
      for await (const _rest of counted) { /* somebody else was quicker to unpack it */ }
    } catch (error) { slot.reject(error); throw error; }
    slot.resolve();
    return { ...descriptor, ...meter.result() };
  }

  async #putConfig(descriptor: Partial<Descriptor> & { readonly mediaType: string }, data: ByteStream): Promise<Descriptor> {
    this.#config = await readAll(data, maxManifestBytes, "image configuration");
    return { ...descriptor, digest: digestOf(this.#config), size: this.#config.length };
  }

  #isReady(index: number): boolean { return index === 0 || this.#has(this.#slot(index - 1).id); }
  async #whenReady(index: number): Promise<void> { if (index > 0) await this.#slot(index - 1).done; }

  async #spoolThenUnpack(index: number, data: ByteStream, descriptor: Partial<Descriptor>, signal?: AbortSignal): Promise<void> {
    await using kept = await spool(data, this.#options.temporaryFolder);
    await this.#whenReady(index);
    await this.#decompressInto(index, kept.stream(), descriptor, signal);
  }

  async #decompressInto(index: number, data: ByteStream, { digest, size }: Partial<Descriptor>, signal?: AbortSignal): Promise<void> {
    const { compression, stream } = await decompressAny(data);
    await this.#unpack(index, stream, { digest, size, compression: digest === undefined ? undefined : compressionNumbers[compression] }, signal);
  }

  async #unpack(index: number, diff: ByteStream, seen: { readonly digest: string | undefined; readonly size: number | undefined; readonly compression: number | undefined }, signal?: AbortSignal): Promise<void> {
    try {
      await this.#store(index, diff, {
        ...(seen.digest === undefined ? {} : { compressedDigest: seen.digest }), ...(seen.size === undefined ? {} : { compressedSizeBytes: seen.size }),
        ...(seen.compression === undefined ? {} : { compression: seen.compression }),
      }, signal);
    } catch (error) {
      this.#slot(index).reject(error);
      throw isEngineError(error, "digest-mismatch") ? within(`layer ${index}`, error) : error;
    }
  }

  /** After a failure the layer may be tried again. */
  async #store(index: number, diff: ByteStream, facts: Pick<PutLayer, "compressedDigest" | "compressedSizeBytes" | "compression" | "tocDigest" | "bigData">, signal?: AbortSignal): Promise<void> {
    const slot = this.#slot(index);
    const parent = index === 0 ? undefined : this.#slot(index - 1).id;
    const wasThere = this.#has(slot.id);
    await this.#options.store.putLayer({
      id: slot.id, diff, expectedDiffDigest: slot.diffId, ...facts,
      ...(parent === undefined ? {} : { parent, parentReady: this.#whenReady(index) }), ...(signal === undefined ? {} : { signal }),
    });
    if (!wasThere) this.#made.push(slot.id);
    slot.resolve();
  }

  abandon(reason: unknown): void { for (const slot of this.#slots) slot.reject(reason); }

  async commit(): Promise<void> {
    const { store, names } = this.#options;
    if (this.manifest === undefined || this.#prepared === undefined) throw new EngineError("internal", "commit before the manifest");
    const top = this.#slots.at(-1)?.id;
    this.#image = await store.createImage(withSignatures(imageRecord(this.#prepared, this.manifest, this.#config, names, top), digestOf(this.manifest), this.signatures));
  }

  committed(): StoreImage {
    if (this.#image === undefined) throw new EngineError("internal", "the image is not committed");
    return this.#image;
  }

  /** Top first, and only what nobody built on meanwhile. */
  async close(): Promise<void> {
    if (this.#image !== undefined) return;
    for (const id of this.#made.toReversed()) {
      await this.#options.store.removeLayer(id).catch(() => { /* another image uses it now, or a crash clean-up was faster */ });
    }
  }
}

function newSlot(id: string, diffId: string): Slot {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Nobody may be waiting when a layer fails.
  promise.catch(() => { /* reported by the layer's own call */ });
  return { id, diffId, done: promise, resolve, reject };
}

function withSignatures(record: ImageCreate, digest: string, blobs: readonly Uint8Array[]): ImageCreate {
  if (blobs.length === 0) return record;
  const sizes = blobs.map(({ length }) => length);
  const bytes = Buffer.concat(blobs);
  return {
    ...record, metadata: JSON.stringify({ "signature-sizes": sizes, "signatures-sizes": { [digest]: sizes } }),
    bigData: { ...record.bigData, [signaturesKey]: bytes, [signaturesKeyOf(digest)]: bytes },
  };
}

function imageRecord({ manifest: original, index, config }: PreparedImage, manifest: Uint8Array, configBytes: Uint8Array | undefined, names: readonly string[], topLayer: string | undefined): ImageCreate {
  const digest = digestOf(manifest);
  const configDigest = configBytes === undefined ? undefined : digestOf(configBytes);
  const bigData: Record<string, Uint8Array> = {};
  if (configBytes !== undefined && configDigest !== undefined) bigData[configDigest] = configBytes;
  // An image from an index is known by the index's digest: it is what the tag means on every platform.
  if (index !== undefined) bigData[manifestKeyOf(index.digest)] = index.bytes;
  bigData[manifestKeyOf(digest)] = manifest;
  bigData[manifestKey] = manifest;
  return {
    // An artifact without configuration is known by its manifest.
    id: digestHex(configDigest ?? original.digest), names, digest: index?.digest ?? digest, bigData, metadata: "{}",
    ...(topLayer === undefined ? {} : { topLayer }), ...(config?.created === undefined ? {} : { created: config.created }),
  };
}

