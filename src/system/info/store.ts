/** The `store` part of info. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { StoreInfo } from "../../contract/types/info.ts";
import type { StorageConfig } from "../../config/types.ts";
import type { EngineContext } from "../../engine/context.ts";
import { statFilesystem } from "../../sys/index.ts";

export async function storeInfo(context: EngineContext): Promise<StoreInfo> {
  const store = await context.store();
  const { storage, paths } = context.config;
  const filesystem = statFilesystem(existing(store.graphRoot));
  const states = context.containers().list().map(({ state }) => state.status);
  const count = (...wanted: readonly string[]): number => states.filter((status) => wanted.includes(status)).length;
  return {
    configFile: storage.configFile,
    containerStore: { number: states.length, paused: count("paused"), running: count("running"), stopped: count("stopped", "exited", "created", "initialized") },
    graphDriverName: store.driver, graphOptions: graphOptions(storage), graphRoot: store.graphRoot,
    graphRootAllocated: filesystem.blocks * filesystem.blockSizeBytes,
    graphRootUsed: (filesystem.blocks - filesystem.freeBlocks) * filesystem.blockSizeBytes,
    graphStatus: Object.fromEntries(await store.status()), imageCopyTmpDir: context.config.engine.imageCopyTmpDir,
    imageStore: { number: store.images().length }, runRoot: store.runRoot, volumePath: paths.volumePath, transientStore: storage.transient,
  };
}

/** A store that nothing was put into has no folder yet. */
function existing(path: string): string { return existsSync(path) || path === "/" ? path : existing(dirname(path)); }

/** Options by name; image stores as a list, and the last one under its old name too. */
function graphOptions({ driver, options, additionalImageStores: stores }: StorageConfig): StoreInfo["graphOptions"] {
  return { ...options, ...(stores.length === 0 ? {} : { [`${driver}.additionalImageStores`]: stores, [`${driver}.imagestore`]: stores.at(-1) ?? "" }) };
}
