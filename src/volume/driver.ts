import type { EngineContext } from "../engine/context.ts";

/** Drivers that are a plugin's: all but our own, and `image` where a plugin of that name is configured. */
export function isPluginDriver(context: EngineContext, driver: string): boolean {
  return driver !== "local" && (driver !== "image" || context.config.engine.volumePlugins["image"] !== undefined);
}
