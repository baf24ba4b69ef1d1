/** The `store` part of info. */
import type { StoreInfo } from "../../contract/types/info.ts";
import type { EngineContext } from "../../engine/context.ts";
import { statFilesystem } from "../../sys/index.ts";

export async function storeInfo(context: EngineContext): Promise<StoreInfo> {
  const store = await context.store();
  const { storage, paths } = context.config;
  const filesystem = statFilesystem(store.graphRoot);
  const states = context.containers().list().map(({ state }) => state.status);
  const count = (...wanted: readonly string[]): number => states.filter((status) => wanted.includes(status)).length;
  return {
    configFile: storage.configFile,
    containerStore: { number: states.length, paused: count("paused"), running: count("running"), stopped: count("stopped", "exited", "created", "initialized") },
    graphDriverName: store.driver, graphOptions: storage.options, graphRoot: store.graphRoot,
    graphRootAllocated: filesystem.blocks * filesystem.blockSizeBytes,
    graphRootUsed: (filesystem.blocks - filesystem.freeBlocks) * filesystem.blockSizeBytes,
    graphStatus: Object.fromEntries(store.status()), imageCopyTmpDir: context.env["TMPDIR"] ?? "/var/tmp",
    imageStore: { number: store.images().length }, runRoot: store.runRoot, volumePath: paths.volumePath, transientStore: storage.transient,
  };
}
