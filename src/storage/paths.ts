/** Where the parts of a store are: containers/storage's directory names, worked out once. */
import { join } from "node:path";
import type { StorageConfig } from "../config/types.ts";

/** What a store is opened with: the configuration, wherever its values came from. */
export type StoreOptions = Omit<StorageConfig, "configFile" | "pullOptions">;

export interface StorePaths {
  readonly graphRoot: string;
  readonly runRoot: string;
  readonly driver: string;
  /** `<graphroot>/<driver>-layers`: layers.json, the tar-split files, layers.lock. */
  readonly layers: string;
  readonly images: string;
  readonly containers: string;
  readonly runLayers: string;
  readonly runContainers: string;
  /** Where volatile-*.json and containers.lock are: the run root in transient mode. */
  readonly volatileLayers: string;
  readonly volatileContainers: string;
  /** With an image store: its `<driver>-layers` and `<driver>-images`. */
  readonly imageStoreLayers: string | undefined;
  readonly imageStoreImages: string | undefined;
  /** Read-only stores, in the order they are searched. */
  readonly additional: readonly { readonly root: string; readonly layers: string; readonly images: string }[];
  /** storage.lock: held while anything is mounted or the driver's home mount comes and goes. */
  readonly driverLock: string;
}

/** Pure; nothing is made. */
export function storePaths(options: StoreOptions, driver: string): StorePaths {
  const { graphRoot, runRoot, imageStore, transient } = options;
  const part = (root: string, kind: string): string => join(root, `${driver}-${kind}`);
  return {
    graphRoot, runRoot, driver,
    layers: part(graphRoot, "layers"), images: part(graphRoot, "images"), containers: part(graphRoot, "containers"),
    runLayers: part(runRoot, "layers"), runContainers: part(runRoot, "containers"),
    volatileLayers: part(transient ? runRoot : graphRoot, "layers"),
    volatileContainers: part(transient ? runRoot : graphRoot, "containers"),
    imageStoreLayers: imageStore === undefined ? undefined : part(imageStore, "layers"),
    imageStoreImages: imageStore === undefined ? undefined : part(imageStore, "images"),
    additional: options.additionalImageStores.map((root) => ({ root, layers: part(root, "layers"), images: part(root, "images") })),
    driverLock: join(graphRoot, "storage.lock"),
  };
}
