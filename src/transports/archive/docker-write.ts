/**
 * `docker-archive:` to write, byte for byte as `podman save`: layers by DiffID, the configuration, the old per-layer folders
 * that Docker before 1.10 wants, `manifest.json` and `repositories`. Streams: nothing is kept but the names.
 */
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { mediaTypes, type Descriptor, type ImageManifest } from "../../contract/types/oci.ts";
import { digestHex, digestOf } from "../../formats/digest.ts";
import { parseManifest } from "../../formats/manifest.ts";
import { goJson } from "../../formats/manifest-write.ts";
import { formatReference, nameOf, parseNormalized } from "../../formats/reference.ts";
import type { ImageDestination, ImageLocation } from "../types.ts";
import { readAll, streamOf } from "../verify.ts";
import { spool } from "../spool.ts";
import { tarEnd, tarFile, tarHeader } from "./tar-write.ts";
import { maxManifestBytes } from "../../formats/manifest.ts";

/** Where archive bytes go: each call waits until the reader took them. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

interface Item { readonly Config: string; readonly RepoTags: readonly string[] | null; readonly Layers: readonly string[] }

/** One archive of one or more images. Images are added one after the other with `destination`; `finish` ends the archive. */
export class DockerArchiveWriter {
  readonly #sink: Sink;
  readonly #folder: string;
  readonly #written = new Set<string>();
  readonly #items: Item[] = [];
  readonly #repositories: Record<string, Record<string, string>> = {};
  constructor(sink: Sink, temporaryFolder: string) { this.#sink = sink; this.#folder = temporaryFolder; }

  /** Takes one image; `tags` are full references. */
  destination(location: ImageLocation, tags: readonly string[]): ImageDestination {
    let config: Uint8Array | undefined;
    return {
      location, manifestTypes: [mediaTypes.dockerManifest], layers: "decompress", serial: true,
      reuse: async (descriptor) => (this.#written.has(layerName(descriptor.digest)) ? descriptor : undefined),
      put: async (descriptor, data, options) => {
        if (options?.layerIndex !== undefined) return this.#putLayer(descriptor, data);
        config = await readAll(data, maxManifestBytes, "image configuration");
        const digest = digestOf(config);
        await this.#once(`${digestHex(digest)}.json`, config);
        return { ...descriptor, digest, size: config.length };
      },
      putManifest: async (bytes) => {
        const parsed = parseManifest(bytes, mediaTypes.dockerManifest);
        if (parsed.kind !== "image" || config === undefined) throw new EngineError("invalid-argument", "a docker archive holds single images, not lists");
        await this.#finishImage(parsed.image, config, tags);
      },
      commit: async () => { /* visible with `finish` */ },
      async [Symbol.asyncDispose]() { /* the sink's owner cleans up */ },
    };
  }

  /** Writes the tables of contents. Idempotent it is not: call once. */
  async finish(): Promise<void> {
    await this.#file("manifest.json", new TextEncoder().encode(goJson(this.#items)));
    await this.#file("repositories", new TextEncoder().encode(goJson(sortKeys(this.#repositories))));
    await this.#sink(tarEnd());
  }

  async #putLayer(descriptor: Partial<Descriptor> & { readonly mediaType: string }, data: ByteStream): Promise<Descriptor> {
    if (descriptor.digest !== undefined && descriptor.size !== undefined) {
      const name = layerName(descriptor.digest);
      if (!this.#written.has(name)) await this.#stream(name, descriptor.size, data);
      return { ...descriptor, digest: descriptor.digest, size: descriptor.size };
    }
    // The header comes before the content, so an unknown size has to be found out first.
    await using kept = await spool(data, this.#folder);
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const chunk of kept.stream()) hasher.update(chunk);
    const digest = `sha256:${hasher.digest("hex")}`;
    if (!this.#written.has(layerName(digest))) await this.#stream(layerName(digest), kept.size, kept.stream());
    return { ...descriptor, digest, size: kept.size };
  }

  async #stream(name: string, size: number, data: ByteStream): Promise<void> {
    for await (const chunk of tarFile({ name, type: "file", mode: 0o444, size }, data)) await this.#sink(chunk);
    this.#written.add(name);
  }
  async #file(name: string, bytes: Uint8Array): Promise<void> { await this.#stream(name, bytes.length, streamOf(bytes)); }
  async #once(name: string, bytes: Uint8Array): Promise<void> { if (!this.#written.has(name)) await this.#file(name, bytes); }

  async #finishImage(image: ImageManifest, config: Uint8Array, tags: readonly string[]): Promise<void> {
    const top = await this.#legacy(image.layers, config);
    const item = { Config: `${digestHex(image.config.digest)}.json`, RepoTags: tags.length === 0 ? null : tags, Layers: image.layers.map((layer) => layerName(layer.digest)) };
    this.#items.push(item);
    for (const tag of tags) {
      const reference = parseNormalized(tag);
      if (reference.tag !== undefined && top !== undefined) (this.#repositories[nameOf(reference)] ??= {})[reference.tag] = top;
    }
  }

  /** One folder per layer with `VERSION`, `json` and a link to the tar. Returns the top one's id. */
  async #legacy(layers: readonly Descriptor[], config: Uint8Array): Promise<string | undefined> {
    let last: string | undefined;
    let chain = "";
    for (const [position, layer] of layers.entries()) {
      chain = chain === "" ? layer.digest : digestOf(`${chain} ${layer.digest}`);
      const fields: Record<string, unknown> = last === undefined ? {} : { parent: last };
      if (position === layers.length - 1) Object.assign(fields, topFields(config));
      const id = digestHex(digestOf(goJson(sortKeys({ ...fields, layer_id: chain }))));
      await this.#legacyFolder(id, layerName(layer.digest), new TextEncoder().encode(goJson(sortKeys({ ...fields, id }))));
      last = id;
    }
    return last;
  }

  async #legacyFolder(id: string, layer: string, json: Uint8Array): Promise<void> {
    if (this.#written.has(`${id}/layer.tar`)) return;
    await this.#sink(tarHeader({ name: `${id}/layer.tar`, type: "symlink", mode: 0, target: `../${layer}` }));
    this.#written.add(`${id}/layer.tar`);
    await this.#file(`${id}/VERSION`, new TextEncoder().encode("1.0"));
    await this.#file(`${id}/json`, json);
  }
}

function layerName(digest: string): string { return `${digestHex(digest)}.tar`; }

const legacyFields = ["architecture", "config", "container", "container_config", "created", "docker_version", "os"];
function topFields(config: Uint8Array): Record<string, unknown> {
  const document = JSON.parse(new TextDecoder().decode(config)) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(legacyFields.map((name) => [name, document[name] ?? null]));
}

/** Go writes the keys of its maps in order; nested objects here are copied as they were. */
function sortKeys<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The tag that goes into an archive: with domain, as Podman writes it. */
export function archiveTag(name: string): string { return formatReference(parseNormalized(name)); }
