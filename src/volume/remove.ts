import { isEngineError, EngineError, messageOf, within } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { remove as operation } from "../contract/volume/remove.ts";
import type { EngineContext } from "../engine/context.ts";
import { forgetLock } from "../state/lock.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { isPluginDriver } from "./driver.ts";
import type { VolumePlugin } from "./plugin.ts";
import { removeVolumeFiles } from "./make.ts";
import { isUp, takeDown } from "./mounted.ts";
import { inBoot } from "./record.ts";

/**
 * Removes a volume: with `force` the containers that use it first. The row goes before the files, so that a kill between
 * leaves an unused directory and no volume.
 * @throws not-found/no-such-volume, conflict/volume-in-use, what its plugin says
 */
export async function remove(context: EngineContext, { ref, force, timeout }: InputOf<typeof operation.input>): Promise<void> {
  const { name } = context.state().volumes.resolve(ref);
  const users = context.containers().usersOf("volume", name);
  if (users.length > 0 && force !== true) throw inUse(name, users);
  for (const user of users) {
    const { remove: removeContainer } = await import("../container/remove.ts");
    await removeContainer(context, { ref: user, force: true, ignore: true, ...(timeout === undefined ? {} : { timeout }) });
  }
  await removeUnused(context, name, { force: force === true });
}

function inUse(name: string, users: readonly string[]): EngineError {
  return new EngineError("conflict", `volume ${name} is being used by the following container(s): ${users.join(", ")}: volume is being used`, { reason: "volume-in-use" });
}

export interface RemoveOptions {
  /** What cannot be unmounted is removed all the same. */
  readonly force?: boolean;
  /** Its plugin has it no more. */
  readonly isGoneFromPlugin?: boolean;
}

/** @throws conflict/volume-in-use when a container took it meanwhile; what its plugin says, before or after it was removed here */
export async function removeUnused(context: EngineContext, name: string, options: RemoveOptions = {}): Promise<void> {
  using _lock = await context.lock("volume", name);
  const found = context.state().volumes.get(name);
  if (found === undefined) return;
  const users = context.containers().usersOf("volume", name);
  if (users.length > 0) throw inUse(name, users);
  const record = inBoot(found, context.bootMark());
  await unmountFirst(context, record, options.force === true || options.isGoneFromPlugin === true);
  const complaint = isPluginDriver(context, record.driver) && options.isGoneFromPlugin !== true ? await removeFromPlugin(context, record) : undefined;
  if (record.storageId !== undefined) await (await context.store()).removeContainer(record.storageId);
  context.state().volumes.remove(name);
  removeVolumeFiles(record);
  forgetLock(context.config.paths.lockDir, "volume", name);
  await context.emit({ type: "volume", status: "remove", name });
  if (complaint !== undefined) throw complaint;
}

async function unmountFirst(context: EngineContext, record: VolumeRecord, isForced: boolean): Promise<void> {
  if (!isUp(record)) return;
  try { await takeDown(context, record); } catch (error) { if (!isForced) throw within(`unmounting volume ${record.name}`, error); }
}

/** A plugin that is gone, or that does not know the volume, does not keep it here: gives what is to be told then. @throws when it refuses to remove it */
async function removeFromPlugin(context: EngineContext, { name, driver, timeoutSeconds }: VolumeRecord): Promise<EngineError | undefined> {
  let plugin: VolumePlugin;
  try { plugin = await (await import("./plugin.ts")).openPlugin(context, driver, timeoutSeconds); } catch (error) {
    return new EngineError("failed-precondition", `cannot remove volume ${name} from plugin ${driver}, but it has been removed from Podman: ${messageOf(error)}`, { cause: error });
  }
  try { await plugin.get(name); } catch (error) {
    return new EngineError("failed-precondition", `volume ${name} could not be retrieved from plugin ${driver}, but it has been removed from Podman: ${messageOf(error)}`, { cause: error });
  }
  try { await plugin.remove(name); } catch (error) {
    throw new EngineError("failed-precondition", `volume ${name} could not be removed from plugin ${driver}: ${messageOf(error)}`, { cause: error });
  }
  return undefined;
}

/** Anonymous volumes of a removed container, as far as nobody else uses them. */
export async function removeAnonymous(context: EngineContext, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try { await removeUnused(context, name); } catch (error) { if (!isEngineError(error, "volume-in-use")) throw error; }
  }
}
