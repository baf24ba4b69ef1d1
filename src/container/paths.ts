/** Where the files of one container are. */
import { join } from "node:path";
import type { EngineContext } from "../engine/context.ts";
import type { ContainerPaths } from "../runtime/types.ts";
import type { ContainerRecord } from "./record.ts";

export function pathsOf(context: EngineContext, { id, config }: ContainerRecord): ContainerPaths {
  const { exitDir, persistDir } = context.config.paths;
  return { bundle: config.staticDir, runDir: config.runDir, exitDir, persistDir: join(persistDir, id), logPath: config.logPath };
}

/** Follows from the id, so that whoever finds the pinned namespace after a crash knows whose it is. */
export function netnsPathOf(context: EngineContext, id: string): string {
  return join(context.config.paths.netnsDir, `netns-${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20, 32)}`);
}

/** Host directory of the tmpfs that is the container's /dev/shm when others may share it. */
export const shmPathOf = ({ config }: ContainerRecord): string => join(config.staticDir, "shm");
