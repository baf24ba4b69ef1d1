import { EngineError, isEngineError, messageOf } from "../base/errors.ts";
import type { VolumeReload } from "../contract/volume/reload.ts";
import type { EngineContext } from "../engine/context.ts";
import { isPluginDriver } from "./driver.ts";
import { makeVolume } from "./make.ts";
import { openPlugin } from "./plugin.ts";
import { removeUnused } from "./remove.ts";

/** Takes over what the configured plugins have, and forgets what they have no more. Goes on after an error. May be repeated. */
export async function reload(context: EngineContext): Promise<VolumeReload> {
  const found = new Map<string, ReadonlySet<string>>();
  const report: { Added: string[]; Removed: string[]; Errors: string[] } = { Added: [], Removed: [], Errors: [] };
  const attempt = async (work: () => Promise<void>): Promise<void> => { try { await work(); } catch (error) { report.Errors.push(messageOf(error)); } };
  for (const driver of Object.keys(context.config.engine.volumePlugins).toSorted()) {
    await attempt(async () => {
      const names = await namesIn(context, driver);
      found.set(driver, new Set(names));
      for (const name of names) await attempt(async () => { if ((await makeVolume(context, { name, driver, isKnownToPlugin: true })).isNew) report.Added.push(name); });
    });
  }
  for (const { name, driver } of context.state().volumes.list().filter((volume) => isPluginDriver(context, volume.driver))) {
    // What a plugin that does not answer has is not known.
    if (found.get(driver)?.has(name) ?? true) continue;
    await attempt(async () => {
      await removeUnused(context, name, { isGoneFromPlugin: true }).catch((error: unknown) => { throw isEngineError(error, "volume-in-use") ? stillUsed(driver, error) : error; });
      report.Removed.push(name);
    });
  }
  return report;
}

async function namesIn(context: EngineContext, driver: string): Promise<readonly string[]> {
  const plugin = await openPlugin(context, driver);
  try { return (await plugin.list()).map(({ Name }) => Name); } catch (error) {
    throw new EngineError("failed-precondition", `failed to read volumes from plugin ${JSON.stringify(driver)}: ${messageOf(error)}`, { cause: error });
  }
}

function stillUsed(driver: string, cause: EngineError): EngineError {
  return new EngineError("conflict", `volume was removed from the plugin ${JSON.stringify(driver)} but containers still require it: ${cause.message}`, { reason: "volume-in-use", cause });
}
