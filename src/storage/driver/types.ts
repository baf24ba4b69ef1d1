/** How layers lie on disk and become a root file system: overlay and vfs. A driver knows directories, not records. */
import type { ByteStream } from "../../contract/kit.ts";
import type { IdMap } from "../../contract/types/container-create.ts";
import type { CompareRequest } from "../archive/types.ts";
import type { PathChange } from "../store.ts";
import type { TempDirectory } from "../tempdir/stage.ts";

/** Layer directories have ids as names; whatever else lies beside them is none of ours. */
export const isLayerDirectory = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

export interface Mappings { readonly uidMaps: readonly IdMap[]; readonly gidMaps: readonly IdMap[] }

export interface LayerCreate {
  readonly id: string;
  readonly parent?: string;
  /** A container's layer; others go to the image store when there is one. */
  readonly writable: boolean;
  /** A layer with this id was listed before and lost its directory: its children must find the new one. */
  readonly replaces?: boolean;
  /** A finished content directory to move in (from `prepareContent`); an empty one or the parent's copy is made without it. */
  readonly content?: string;
  readonly storageOptions?: Readonly<Record<string, string>>;
}

export interface MountLayer {
  readonly readOnly: boolean;
  readonly label?: string;
  readonly mappings?: Mappings;
  readonly volatile?: boolean;
  /** In the place of the configured ones (container flag `MountOpts`). */
  readonly options?: readonly string[];
}

/** A layer together with the one it is compared with. */
export interface LayerPair { readonly id: string; readonly parent?: string; readonly mappings: Mappings; readonly parentMappings: Mappings; /** The mappings of `id` apply at mount time only. */ readonly isShiftedByMount: boolean }

/** What the archive's comparison of two whole trees is asked. */
export function comparison(directory: string | undefined, olderDirectory: string | undefined, { mappings: { uidMaps, gidMaps }, parentMappings }: LayerPair): CompareRequest {
  return {
    directory: directory ?? "", uidMaps, gidMaps,
    ...(olderDirectory === undefined ? {} : { olderDirectory, olderUidMaps: parentMappings.uidMaps, olderGidMaps: parentMappings.gidMaps }),
  };
}

export interface Driver {
  readonly name: "overlay" | "vfs";
  /** Roots of temporary directories, the one for new read-only layers first. */
  readonly tempRoots: readonly string[];
  /** Ids of the layer directories that are ours to write, listed anywhere or not. */
  list(): readonly string[];
  /** Layers below one, nearest first, where the driver keeps that beside the records. @throws data-loss when one is gone */
  lowersOf?(id: string): readonly string[];
  /** What an archive's deletions become in a content directory. */
  readonly whiteouts: "overlay" | "delete";
  /** `force_mask` of storage.conf. */
  readonly forceMask?: number;
  readonly ignoreChownErrors: boolean;
  /** True when the layer's directory is there, in any store. */
  exists(id: string): boolean;
  /** Makes the empty directory (vfs: the parent's copy) that a layer is unpacked into, below a temporary directory. No lock needed. */
  prepareContent(path: string, parent: string | undefined): Promise<void>;
  /** Gives the top directory the owner and mode that `prepareContent` gives it, for a parent that came later. Absent where the parent has to be there first. */
  dressContent?(path: string, parent: string | undefined): void;
  /** Makes the layer's directory. What is there under the same id is replaced. The caller holds the layer lock. */
  create(request: LayerCreate): Promise<void>;
  /** Moves the layer's directory into `temp`. Harmless when absent. */
  remove(id: string, temp: TempDirectory): void;
  /** Where `remove` should move to: a temporary directory on the same file system. */
  tempRootOf(id: string): string;
  /** The layer's own files. */
  contentDirectory(id: string): string;
  /** Makes the layer's root visible and returns where. The caller counts. */
  mount(id: string, request: MountLayer): Promise<string>;
  /** Harmless when nothing is mounted. */
  unmount(id: string): Promise<void>;
  isMounted(path: string): boolean;
  /** Before the first mount and after the last one: the private mount of the driver's home. The caller holds storage.lock. */
  enter(): void;
  leave(): void;
  isEntered(): boolean;
  /** The difference as a tar stream, newly made. */
  diff(pair: LayerPair): ByteStream;
  changes(pair: LayerPair): Promise<readonly PathChange[]>;
  /** True when owner ids can be shifted at mount time, so that layers need no copy per mapping. */
  supportsShifting(mappings: Mappings): Promise<boolean>;
  /** Changes the owners of everything the layer shows to the mapped ones; its own difference stays empty. The caller holds storage.lock and layers.lock. */
  shiftOwners(id: string, mappings: Mappings): Promise<void>;
  status(): Promise<readonly (readonly [string, string])[]>;
}
