/**
 * Layers as archives: what the store asks of this folder. `apply.ts` has `applyLayer(request): Promise<AppliedLayer>`;
 * `assemble.ts` has `assembleDiff(request): ByteStream`; `diff.ts` has `tarDirectory(request): ByteStream` (a writable overlay
 * layer, a volume, a root file system); `changes.ts` has `changedPaths(request)`; `compare.ts` has `comparePaths(request)` and
 * `tarChanges(request): ByteStream` for two whole trees (vfs).
 */
import type { ByteStream } from "../../contract/kit.ts";
import type { IdMap } from "../../contract/types/container-create.ts";

/**
 * How a layer's deletions (`.wh.name`, `.wh..wh..opq`) land on disk. `overlay`: a 0/0 character device, and the opaque
 * attribute on the directory. `delete`: the named path is removed from `directory` (vfs: the parent's files are in it).
 * `keep`: ordinary files of that name (overlay with a mount program: fuse-overlayfs reads them).
 */
export type WhiteoutForm = "overlay" | "delete" | "keep";

/** Sizes above which a layer is refused as a bomb; each has a generous default in `limits.ts`. */
export interface LayerLimits {
  readonly maxEntries?: number;
  /** Bytes of the uncompressed tar stream. */
  readonly maxTarBytes?: number;
}

export interface ExtractOptions {
  /** Container id → host id, applied to every owner in the archive. Empty or absent: ids stay as they are. */
  readonly uidMaps?: readonly IdMap[];
  readonly gidMaps?: readonly IdMap[];
  readonly whiteouts: WhiteoutForm;
  /** Devices are skipped, attributes refused with EPERM are passed over, and `user.overlay.opaque` is used. Default: found out from /proc/self/uid_map. */
  readonly inUserNamespace?: boolean;
  /** storage.conf's `force_mask`: every file gets this mode, and the wanted owner and mode go to `user.containers.override_stat`. */
  readonly forceMask?: number;
  readonly ignoreChownErrors?: boolean;
  readonly limits?: LayerLimits;
  readonly copy?: CopyRules;
  readonly signal?: AbortSignal;
}

/** Where and how `extractLayer` puts the files of a copy, in place of a layer's rules. */
export interface CopyRules {
  /** An entry's name in the archive (or what a hard link names) → its place below the root, clean, without leading slash. */
  readonly place: (rawName: string) => string;
  /** Host ids that everything gets; absent: the archive's, mapped. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** A directory and anything else do not replace one another. */
  readonly keepKinds?: boolean;
  readonly skipDevices?: boolean;
  /** Ids to make files as, where the file system belongs to a user namespace (sys.withFileIds). */
  readonly makeAs?: { readonly uid: number; readonly gid: number };
}

export interface ApplyLayerRequest extends ExtractOptions {
  /** The layer's `diff` directory: exists; empty for overlay, the parent's copy for vfs. */
  readonly directory: string;
  /** Uncompressed tar; read to its end, unless applying fails. */
  readonly diff: ByteStream;
}

/** What `layers.json` records of an applied layer. */
export interface AppliedLayer {
  /** `sha256:<hex>` of the uncompressed stream: the DiffID. */
  readonly diffDigest: string;
  /** Bytes of the uncompressed stream (`diff-size`). */
  readonly diffSizeBytes: number;
  /** Content of `<driver>-layers/<id>.tar-split.gz`. */
  readonly tarSplitGz: Uint8Array;
  /** Distinct owner ids named in the archive, ascending (`uidset`, `gidset`). */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
}

export interface AssembleDiffRequest {
  /** Where the layer's own files are now: the `diff` directory (overlay) or the full tree (vfs). */
  readonly directory: string;
  /** As stored; any gzip, ours or containers/storage's. */
  readonly tarSplitGz: Uint8Array;
}

export interface TarDirectoryRequest {
  readonly directory: string;
  /** Container id → host id: owners are mapped back to the container's. */
  readonly uidMaps?: readonly IdMap[];
  readonly gidMaps?: readonly IdMap[];
  /** `overlay`: 0/0 character devices become `.wh.name`, opaque directories get `.wh..wh..opq` where a lower directory has the path. */
  readonly whiteouts?: "overlay" | "none";
  /** Lower directories, nearest first; used only for opaque directories. */
  readonly lowerDirectories?: readonly string[];
  /** Relative paths to archive (with what is below); default everything. */
  readonly include?: readonly string[];
  /** Relative paths that are left out, with what is below. */
  readonly exclude?: readonly string[];
  /** Which opaque attribute the layer has. Default: found out. */
  readonly inUserNamespace?: boolean;
  readonly signal?: AbortSignal;
}

export interface ChangesRequest {
  /** The writable layer's own directory. */
  readonly upperDirectory: string;
  /** Nearest first. */
  readonly lowerDirectories: readonly string[];
  /** Which opaque attribute the layer has. Default: found out. */
  readonly inUserNamespace?: boolean;
}

/** Two whole trees (vfs; overlay against a layer that is not the direct parent). */
export interface CompareRequest {
  readonly directory: string;
  /** Absent: everything is new. */
  readonly olderDirectory?: string;
  /** Of `directory`: owners are compared as the containers see them. */
  readonly uidMaps?: readonly IdMap[];
  readonly gidMaps?: readonly IdMap[];
  readonly olderUidMaps?: readonly IdMap[];
  readonly olderGidMaps?: readonly IdMap[];
  readonly signal?: AbortSignal;
}
