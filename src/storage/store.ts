/**
 * The store: containers/storage's layout on disk (`<driver>-layers`, `<driver>-images`, `<driver>-containers`), shared with
 * Podman, Buildah, Skopeo and CRI-O at the same time. A story: pull writes each layer with `putLayer` (parent first), then
 * `createImage` names the top layer and carries manifest and config as "big data"; `createContainer` puts a writable layer on
 * top; `mountContainer` gives a root file system; `unmountContainer` and `removeContainer` end it.
 *
 * Readers take no lock: `images()`, `layers()`, `containers()` read the JSON as last renamed into place and keep it while the
 * file is unchanged. Writers hold the same lock files as containers/storage, touch them the same way, and rename into place.
 * A layer is marked `incomplete` until it is whole; the next writer removes what a crash left.
 */
import type { ByteStream } from "../contract/kit.ts";
import type { CheckOptions, CheckReport } from "./check/types.ts";
import type { IdMap } from "../contract/types/container-create.ts";

export interface StoreLayer {
  readonly id: string;
  readonly names: readonly string[];
  readonly parent?: string;
  readonly created: string;
  readonly mountLabel?: string;
  readonly compressedDigest?: string;
  readonly compressedSizeBytes?: number;
  /** The DiffID: digest of the uncompressed tar stream. */
  readonly diffDigest?: string;
  readonly diffSizeBytes?: number;
  /** containers/storage's number: 0 none, 2 gzip, 5 zstd. */
  readonly compression?: number;
  readonly uidMaps: readonly IdMap[];
  readonly gidMaps: readonly IdMap[];
  /** True in an additional image store. */
  readonly readOnly: boolean;
}

export interface StoreImage {
  readonly id: string;
  /** Manifest digest, the first of `digests`. */
  readonly digest?: string;
  /** Every name, tagged (`docker.io/library/alpine:latest`) or by digest. */
  readonly names: readonly string[];
  readonly namesHistory: readonly string[];
  readonly topLayer?: string;
  readonly created: string;
  readonly bigDataNames: readonly string[];
  readonly bigDataDigests: Readonly<Record<string, string>>;
  readonly bigDataSizes: Readonly<Record<string, number>>;
  readonly metadata?: string;
  readonly readOnly: boolean;
}

export interface StoreContainer {
  readonly id: string;
  readonly names: readonly string[];
  readonly imageId?: string;
  readonly layerId: string;
  readonly created: string;
  readonly metadata?: string;
  readonly bigDataNames: readonly string[];
  /** Empty without a user namespace of its own. */
  readonly uidMaps: readonly IdMap[];
  readonly gidMaps: readonly IdMap[];
}

export interface PutLayer {
  /** Chosen by the caller, else random. Pulled layers have containers/image's ids: the DiffID's hex digits for the first, above it `sha256("<parent id>+<DiffID's hex digits>")`; another id makes Skopeo and Podman refuse the same image later. */
  readonly id?: string;
  readonly parent?: string;
  /**
   * Settles when `parent` is whole; until then it may be missing. So the layers of one image unpack at the same time and are
   * listed in order. The stream is read before where the driver allows it (overlay), after elsewhere.
   */
  readonly parentReady?: Promise<void>;
  /** Uncompressed tar; read to its end. */
  readonly diff: ByteStream;
  /** Refused with `data-loss`/`digest-mismatch` when the stream has another digest; nothing stays behind. */
  readonly expectedDiffDigest?: string;
  readonly compressedDigest?: string;
  readonly compressedSizeBytes?: number;
  readonly compression?: number;
  /** Files to keep beside the layer, by name: the table of contents of one that came in chunks. */
  readonly bigData?: Readonly<Record<string, Uint8Array>>;
  /** Digest of that table as the image's manifest has it. */
  readonly tocDigest?: string;
  readonly signal?: AbortSignal;
}

/** Bytes of a file that some layer has. */
export interface StoredContent { readonly sizeBytes: number; readonly read: () => Iterable<Uint8Array> }

export interface ImageCreate {
  readonly id: string;
  readonly names: readonly string[];
  /** Refuses names that other images have instead of moving them: already-exists/name-in-use. */
  readonly newNames?: boolean;
  readonly topLayer?: string;
  readonly created?: string;
  readonly digest?: string;
  /** `manifest`, `manifest-<digest>`, `sha256:<config digest>`, `signature-<digest>`. */
  readonly bigData: Readonly<Record<string, Uint8Array>>;
  readonly metadata?: string;
}

export interface ContainerLayerCreate {
  readonly id: string;
  readonly name: string;
  /** Absent for a container with no image (rootfs): an empty layer. */
  readonly imageId?: string;
  readonly metadata?: string;
  readonly mountLabel?: string;
  readonly uidMaps?: readonly IdMap[];
  readonly gidMaps?: readonly IdMap[];
  /** Instead of maps: the store chooses ids that no other container has; they are in what `createContainer` returns. */
  readonly autoMaps?: AutoMaps;
  readonly storageOptions?: Readonly<Record<string, string>>;
  /** Lives in volatile-layers.json; its data is not synced. */
  readonly volatile?: boolean;
}

/** `--userns=auto`. Ranges are half open. */
export interface AutoMaps {
  /** Absent: as many as the image's files need, between `minSize` and `maxSize`. */
  readonly size?: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly availableUids: readonly { readonly from: number; readonly to: number }[];
  readonly availableGids: readonly { readonly from: number; readonly to: number }[];
  /** Fixed by the caller; the rest is chosen around them. */
  readonly uidMaps: readonly IdMap[];
  readonly gidMaps: readonly IdMap[];
}

/** Change of one path between two layers: containers/storage's words. */
export interface PathChange { readonly path: string; readonly kind: "modified" | "added" | "deleted" }

export interface Store {
  readonly graphRoot: string;
  readonly runRoot: string;
  readonly driver: string;

  layers(): readonly StoreLayer[];
  images(): readonly StoreImage[];
  containers(): readonly StoreContainer[];
  /** By id or unique id prefix of at least one digit. @throws not-found, failed-precondition/ambiguous-ref */
  layer(id: string): StoreLayer;
  /** By full id, unique id prefix, or exact name. @throws not-found/no-such-image */
  image(idOrName: string): StoreImage;
  findImage(idOrName: string): StoreImage | undefined;
  container(idOrName: string): StoreContainer;

  /** Unpacks a layer. Atomic: listed whole or not at all. Idempotent for an existing `id`: the stream is not read then. Synced once per image, by `createImage`. */
  putLayer(request: PutLayer): Promise<StoreLayer>;
  /** Removes a layer without children. @throws failed-precondition/dependents */
  removeLayer(id: string): Promise<void>;
  /** The layer's tar stream, byte for byte what was put (tar-split), or newly made for a container's layer. */
  diff(layerId: string, parentId?: string): ByteStream;
  /** Content with these digests that layers have, each read and checked now. */
  contents(digests: ReadonlySet<string>): Promise<ReadonlyMap<string, StoredContent>>;
  /** Compared with the layer below, or with `parentId`. */
  changes(layerId: string, parentId?: string): Promise<readonly PathChange[]>;
  /** Bytes of a layer's own files (not its parents'). */
  layerSize(id: string): Promise<number>;

  /** Makes the image durable (one syncfs), then visible. Moves its names from any other image. Idempotent for an existing id: names are added. */
  createImage(request: ImageCreate): Promise<StoreImage>;
  imageData(id: string, name: string): Uint8Array;
  /** Where files may be kept that go with the image. Made if missing. */
  imageDirectory(id: string): string;
  /** Runs `work` while no other program changes the manifest list of this id (containers/common's lock). */
  withImageLock<T>(id: string, work: () => Promise<T>): Promise<T>;
  setImageData(id: string, name: string, value: Uint8Array): Promise<void>;
  /** Names from names, with the store locked: nobody else's change is lost. An image of a read-only store gets a record of ours. */
  changeImageNames(id: string, change: (names: readonly string[]) => readonly string[]): Promise<void>;
  /** Removes the image and the layers that only it used. @throws failed-precondition/image-in-use naming the containers */
  removeImage(id: string): Promise<{ readonly removedLayers: readonly string[] }>;

  createContainer(request: ContainerLayerCreate): Promise<StoreContainer>;
  /** Idempotent: harmless when absent. Unmounts first. */
  removeContainer(id: string): Promise<void>;
  setContainerNames(id: string, names: readonly string[]): Promise<void>;
  /** Counted: each mount needs one unmount (mountpoints.json in the run root). Returns the root directory. */
  mountContainer(id: string, mountLabel?: string): Promise<string>;
  /** True when the last mount is gone. `force` drops every count. */
  unmountContainer(id: string, force?: boolean): Promise<boolean>;
  /** Mounts an image read-only, for `image mount` and `--mount type=image`. */
  mountImage(id: string): Promise<string>;
  unmountImage(id: string, force?: boolean): Promise<boolean>;
  /** Where an image is mounted now, else undefined. */
  imageMountPoint(id: string): string | undefined;
  /** Where a mounted container's root is now, else undefined. */
  mountPointOf(containerId: string): string | undefined;
  /** `<graphroot>/<driver>-containers/<id>/userdata` and the same in the run root. Made if missing. */
  containerDirectory(id: string): string;
  containerRunDirectory(id: string): string;

  /** Looks for damage: missing records, data and directories; with `contents` for changed files too. Reads only. */
  check(options: CheckOptions): Promise<CheckReport>;
  /** Removes what the report names as damaged, containers only with `removeContainers`. Answers what could not be removed. */
  repair(report: CheckReport, removeContainers: boolean): Promise<readonly string[]>;
  /** Removes layers, images' data and containers' directories that no record names. Waits for writers. */
  collectGarbage(): Promise<void>;
  /** For `info`: Backing Filesystem, Native Overlay Diff, … */
  status(): Promise<readonly (readonly [string, string])[]>;
}
