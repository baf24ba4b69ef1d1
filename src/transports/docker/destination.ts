/** `docker://` to write: uploads what the registry does not have, then the manifest, which makes the image visible. */
import { EngineError } from "../../base/errors.ts";
import type { ByteStream, CallOptions } from "../../contract/kit.ts";
import { mediaTypes, type Descriptor } from "../../contract/types/oci.ts";
import { digestOf, parseDigest } from "../../formats/digest.ts";
import { parseNormalized } from "../../formats/reference.ts";
import type { BlobCache } from "../blob-cache.ts";
import type { ImageDestination, ImageLocation, RegistryAccess } from "../types.ts";
import { Meter, streamOf } from "../verify.ts";
import { RegistryClient } from "./client.ts";
import { failureOf } from "./failures.ts";

export interface DockerDestinationOptions extends CallOptions {
  readonly location: ImageLocation;
  readonly reference: string;
  readonly access: RegistryAccess;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Repositories on the same registry that may have the image's blobs: mounted instead of uploaded. */
  readonly mountFrom?: readonly string[];
  readonly cache?: BlobCache | undefined;
}

/** The registry is asked at the first blob, so that a failure names what was wanted of it. */
export function openDockerDestination(options: DockerDestinationOptions): ImageDestination {
  const { domain, path, tag, digest } = parseNormalized(options.reference);
  const client = new RegistryClient({ registry: domain, path, access: options.access, actions: "pull,push", env: options.env });
  const upload = new Upload(client, options);
  return {
    location: options.location,
    manifestTypes: [mediaTypes.ociManifest, mediaTypes.dockerManifest, mediaTypes.ociIndex, mediaTypes.dockerIndex],
    layers: "compress",
    reuse: (descriptor) => upload.reuse(descriptor),
    find: (digest) => upload.find(digest),
    put: (descriptor, data, call) => upload.put(descriptor, data, call),
    putManifest: (bytes, mediaType, instance) => upload.putManifest(bytes, mediaType, instance ?? digest ?? tag ?? "latest"),
    putSignatures: async (blobs, manifestDigest) => {
      const writer = {
        putBlob: async (bytes: Uint8Array, mediaType: string): Promise<Descriptor> => {
          const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
          return await upload.reuse(descriptor) ?? upload.put(descriptor, streamOf(bytes));
        },
        putManifest: (bytes: Uint8Array, mediaType: string, where: string) => upload.putManifest(bytes, mediaType, where),
      };
      const { writeSignatures } = await import("./signatures.ts");
      await writeSignatures(client, writer, options.reference, manifestDigest, blobs, { env: options.env, ...(options.signal === undefined ? {} : { signal: options.signal }) });
    },
    commit: async () => { /* the tag's manifest was the commit */ },
    async [Symbol.asyncDispose]() { /* nothing held */ },
  };
}

class Upload {
  readonly #client: RegistryClient;
  readonly #mountFrom: readonly string[];
  readonly #signal: { readonly signal?: AbortSignal };
  readonly #cache: BlobCache | undefined;
  readonly #registry: string;
  constructor(client: RegistryClient, { mountFrom = [], signal, cache, reference }: DockerDestinationOptions) {
    this.#cache = cache;
    this.#registry = parseNormalized(reference).domain;
    this.#client = client;
    this.#mountFrom = mountFrom.filter((path) => path !== client.path);
    this.#signal = signal === undefined ? {} : { signal };
  }

  async reuse(descriptor: Descriptor): Promise<Descriptor | undefined> {
    const size = await this.find(descriptor.digest, descriptor.size);
    return size === descriptor.size ? descriptor : undefined;
  }

  /** `expected`: what to believe of a registry that tells no size. */
  async find(digest: string, expected?: number): Promise<number | undefined> {
    parseDigest(digest);
    const size = await this.#sizeOf(digest, expected) ?? await this.#mountedSize(digest, expected);
    if (size !== undefined) this.#note(digest);
    return size;
  }

  async #mountedSize(digest: string, expected: number | undefined): Promise<number | undefined> {
    const known = this.#cache?.repositories(this.#registry, digest).map((name) => parseNormalized(name)).filter(({ domain, path }) => domain === this.#registry && path !== this.#client.path).map(({ path }) => path) ?? [];
    for (const from of new Set([...this.#mountFrom, ...known])) {
      if (await this.#mount(from, digest)) return this.#sizeOf(digest, expected);
    }
    return undefined;
  }

  async #sizeOf(digest: string, expected: number | undefined): Promise<number | undefined> {
    const response = await this.#client.request({ method: "HEAD", path: `/v2/${this.#client.path}/blobs/${digest}`, ...this.#signal });
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw await failureOf(response, `checking whether a blob ${digest} exists in ${this.#client.name}`);
    const length = response.headers.get("content-length");
    return length === null ? expected : Number(length);
  }

  #note(digest: string): void { this.#cache?.recordPlace(this.#registry, digest, this.#client.name); }

  async #mount(from: string, digest: string): Promise<boolean> {
    const path = `/v2/${this.#client.path}/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
    const response = await this.#client.request({ method: "POST", path, extraScopes: [`repository:${from}:pull`], ...this.#signal });
    await response.body?.cancel();
    if (response.status === 201) return true;
    // 202: an upload was begun instead; it is not wanted.
    const location = response.status === 202 ? response.headers.get("location") : null;
    if (location !== null) await this.#cancel(location);
    return false;
  }

  /** Streams one blob: begin, one PATCH, PUT with the digest. Aborted uploads are cancelled, so the registry keeps nothing. */
  async put(descriptor: Partial<Descriptor> & { readonly mediaType: string }, data: ByteStream, call: CallOptions = {}): Promise<Descriptor> {
    const signal = call.signal === undefined ? this.#signal : { signal: call.signal };
    const uploads = `/v2/${this.#client.path}/blobs/uploads/`;
    const begun = await this.#client.request({ method: "POST", path: uploads, body: new Uint8Array(), ...signal });
    if (begun.status !== 202) throw await failureOf(begun, `initiating layer upload to ${uploads} in ${this.#client.registry}`);
    await begun.body?.cancel();
    let location = locationOf(begun);
    try {
      const meter = new Meter();
      const sent = await this.#client.request({ method: "PATCH", path: location, headers: { "content-type": "application/octet-stream" }, body: meter.through(data), ...signal });
      if (sent.status < 200 || sent.status >= 300) throw await failureOf(sent, `uploading layer chunked`);
      await sent.body?.cancel();
      location = sent.headers.get("location") ?? location;
      const { digest, size } = meter.result();
      const done = await this.#client.request({ method: "PUT", path: withDigest(location, digest), body: new Uint8Array(), ...signal });
      if (done.status !== 201) throw await failureOf(done, `uploading layer to ${this.#client.name}`);
      await done.body?.cancel();
      this.#note(digest);
      return { ...descriptor, digest, size };
    } catch (error) {
      await this.#cancel(location).catch(() => { /* the first error counts */ });
      throw error;
    }
  }

  async #cancel(location: string): Promise<void> {
    const response = await this.#client.request({ method: "DELETE", path: location, signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
  }

  async putManifest(bytes: Uint8Array, mediaType: string, tagOrDigest: string): Promise<void> {
    const response = await this.#client.request({ method: "PUT", path: `/v2/${this.#client.path}/manifests/${tagOrDigest}`, headers: { "content-type": mediaType }, body: bytes, ...this.#signal });
    if (response.status < 200 || response.status >= 300) throw await failureOf(response, `uploading manifest ${tagOrDigest} to ${this.#client.name}`);
    await response.body?.cancel();
  }
}

function locationOf(response: Response): string {
  const location = response.headers.get("location");
  if (location === null) throw new EngineError("failed-precondition", "determining upload URL: the registry gave none");
  return location;
}

/** The location has a query of its own. */
function withDigest(location: string, digest: string): string {
  return `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
}
