/**
 * Where images come from and go to. A transport implements a source, a destination or both; `copy.ts` moves an image between
 * any two. Names follow containers-transports(5): `docker://`, `docker-archive:`, `oci-archive:`, `oci:`, `dir:`,
 * `containers-storage:`.
 */
import type { ByteStream, CallOptions } from "../contract/kit.ts";
import type { Descriptor, ImageConfig, Platform } from "../contract/types/oci.ts";
import type { BlobCache } from "./blob-cache.ts";

/** A parsed name of a transport. `display` is `transport:rest`, as Podman prints it. */
export interface ImageLocation {
  readonly transport: "docker" | "docker-archive" | "oci-archive" | "oci" | "dir" | "containers-storage" | "docker-daemon";
  readonly display: string;
  /** Fully qualified docker reference when the location has one. */
  readonly reference?: string;
  readonly path?: string;
}

export interface ManifestBytes { readonly bytes: Uint8Array; readonly mediaType: string; readonly digest: string }

/** A readable image. Every blob is verified against its digest and size by the reader in `verify.ts`, whatever the source says. */
export interface ImageSource extends AsyncDisposable {
  readonly location: ImageLocation;
  /** The top manifest (image or index), or the one with `digest`. @throws not-found/manifest-unknown */
  manifest(digest?: string): Promise<ManifestBytes>;
  /** As stored (compressed). `offset` resumes. @throws not-found, unavailable */
  blob(descriptor: Descriptor, options?: CallOptions & { readonly offset?: number }): Promise<ByteStream>;
  /** A part of a blob, not verified; undefined where the source gives whole blobs only. */
  range?(descriptor: Descriptor, part: BlobRange, options?: CallOptions): Promise<ByteStream | undefined>;
  /** Signatures of the top manifest, or of the index's image with this digest, as `signature/blob.ts` keeps them. Not verified. */
  signatures?(digest?: string): Promise<readonly Uint8Array[]>;
  /** Where an image of this index is read, when that is another place than the index; the caller disposes it. */
  instance?(digest: string): Promise<ImageSource>;
  /** Layers as this source can produce them, where the manifest's own are gone (storage keeps them unpacked). Same number and order. */
  layersForCopy?(): Promise<readonly Descriptor[]>;
  /** Other forms of the same layer, by which a destination may know it already; only ones that were once seen whole. */
  substitutes?(descriptor: Descriptor): readonly Descriptor[];
}

export interface BlobRange { readonly offset: number; readonly length: number }
export type FetchRange = (part: BlobRange) => Promise<ByteStream | undefined>;

/** What a destination may want to know before blobs arrive. */
export interface PreparedImage {
  readonly manifest: ManifestBytes;
  /** The index the manifest was chosen from, when there is one. */
  readonly index?: ManifestBytes;
  readonly config?: ImageConfig;
  readonly configBytes?: Uint8Array;
}

export interface ImageDestination extends AsyncDisposable {
  readonly location: ImageLocation;
  /** Manifest types it takes, best first. */
  readonly manifestTypes: readonly string[];
  /** `keep`: as they are; `compress`: registry-like; `decompress`: docker-archive and storage. */
  readonly layers: "keep" | "compress" | "decompress";
  /** Blobs must arrive one at a time, layers in order. */
  readonly serial?: boolean;
  /** Called before the first blob with the manifest as the source has it and the parsed configuration, when the image has one. */
  prepare?(image: PreparedImage): void | Promise<void>;
  /** The blob's final descriptor when it is already there or can be mounted from elsewhere. */
  reuse(descriptor: Descriptor, layerIndex?: number): Promise<Descriptor | undefined>;
  /** Size of a blob of which only the digest is known, when the destination has it or can mount it from elsewhere. */
  find?(digest: string): Promise<number | undefined>;
  /** Stores a blob. Layers may arrive in any order and at once. */
  put(descriptor: Partial<Descriptor> & { readonly mediaType: string }, data: ByteStream, options?: CallOptions & { readonly layerIndex?: number }): Promise<Descriptor>;
  /** Takes a layer in parts, as far as it knows its content already; undefined when the layer must come whole. */
  putPartial?(descriptor: Descriptor, layerIndex: number, fetch: FetchRange, options?: CallOptions): Promise<Descriptor | undefined>;
  /** Ends every `put` that waits for a layer which will not come. `prepare` may be called again after it. */
  abandon?(reason: unknown): void;
  putManifest(bytes: Uint8Array, mediaType: string, instanceDigest?: string): Promise<void>;
  /** After `putManifest`. `digest` is the manifest's; `instance` is given for images of an index. Absent: it cannot keep signatures. */
  putSignatures?(blobs: readonly Uint8Array[], digest: string, instance?: string): Promise<void>;
  /** Makes all of it visible at once. Nothing is visible before. */
  commit(): Promise<void>;
}

export interface CopyOptions extends CallOptions {
  readonly platform?: Platform;
  /** Copy an index with all its images, or `sparse`: the index alone. Refused where only one image can be kept. */
  readonly all?: boolean | "sparse";
  /** With `all`: each image in these compressions too, unless the index has it for the same platform. */
  readonly addCompression?: readonly ("gzip" | "zstd" | "zstd:chunked")[];
  /** Wanted manifest format. */
  readonly format?: "oci" | "v2s2";
  readonly compression?: { readonly algorithm: "gzip" | "zstd"; readonly level?: number; /** zstd:chunked. */ readonly chunked?: boolean };
  readonly forceCompression?: boolean;
  /** Remembers compressed forms from one push to the next. */
  readonly cache?: BlobCache;
  readonly removeSignatures?: boolean;
  /** Asked before anything else is done with a manifest; throws to refuse. */
  readonly admit?: (manifest: Uint8Array, signatures: () => Promise<readonly Uint8Array[]>) => Promise<void>;
  /** Makes new signatures for the manifest that was written. */
  readonly sign?: (manifest: Uint8Array) => Promise<readonly Uint8Array[]>;
  /** Encrypts layers on their way; the destination must know OCI's format. */
  readonly encryption?: LayerEncryption;
  /** Decrypts the encrypted ones; without it they are copied as they are. */
  readonly decryption?: LayerDecryption;
  /** Layers at once; default 6 (containers.conf, image_parallel_copies). */
  readonly parallel?: number;
  readonly retries?: number;
  readonly retryDelayMillis?: number;
}

/** How layers are encrypted, and for whom. */
export interface LayerEncryption {
  /** Positions, negative ones from the end; absent: all. */
  readonly layers?: readonly number[];
  /** `digest` is the layer's before it. `annotations` may be asked when the stream has ended. */
  seal(data: ByteStream, digest: string): { readonly stream: ByteStream; annotations(): Promise<Readonly<Record<string, string>>> };
}
export interface LayerDecryption {
  /** Throws instead of ending when no key fits or the content was changed. */
  open(data: ByteStream, annotations: Readonly<Record<string, string>>, digest: string): ByteStream;
}

/** What access to registries needs; built once per call from flags and files (config/auth). */
export interface RegistryAccess {
  /** `--creds`, else from auth files and credential helpers by host and repository. */
  credentials(registry: string, repository?: string): Promise<Credentials | undefined>;
  /** As `credentials`, without `--creds`, which belong to the named registry and never to its mirrors. */
  storedCredentials?(registry: string, repository?: string): Promise<Credentials | undefined>;
  /** `--tls-verify`, else from registries.conf. */
  isInsecure(registry: string): boolean;
  /** `certs.d` folders that exist for this host:port, `--cert-dir` first. */
  certificateFolders(registry: string): readonly string[];
  /** Where to pull a reference from: mirrors in order, the (rewritten) primary location last. Absent: the reference itself. @throws permission-denied/blocked-registry */
  endpoints?(reference: string): readonly PullSource[];
}
/** One place an image may be pulled from (registries.conf: mirror, location). */
export interface PullSource { readonly reference: string; readonly insecure: boolean }
export interface Credentials { readonly username?: string; readonly password?: string; readonly identityToken?: string }
