import { EngineError, isEngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { remove as operation } from "../contract/volume/remove.ts";
import type { EngineContext } from "../engine/context.ts";
import { forgetLock } from "../state/lock.ts";
import { removeVolumeFiles } from "./make.ts";
import { isMounted, unmountVolume } from "./mount-device.ts";
import { needsMount } from "./record.ts";

/**
 * Removes a volume: with `force` the containers that use it first. The row goes before the files, so that a kill between
 * leaves an unused directory and no volume.
 * @throws not-found/no-such-volume, conflict/volume-in-use
 */
export async function remove(context: EngineContext, { ref, force, timeout }: InputOf<typeof operation.input>): Promise<void> {
  const { name } = context.state().volumes.resolve(ref);
  const users = context.containers().usersOf("volume", name);
  if (users.length > 0 && force !== true) throw inUse(name, users);
  for (const user of users) {
    const { remove: removeContainer } = await import("../container/remove.ts");
    await removeContainer(context, { ref: user, force: true, ignore: true, ...(timeout === undefined ? {} : { timeout }) });
  }
  await removeUnused(context, name);
}

function inUse(name: string, users: readonly string[]): EngineError {
  return new EngineError("conflict", `volume ${name} is being used by the following container(s): ${users.join(", ")}: volume is being used`, { reason: "volume-in-use" });
}

/** @throws conflict/volume-in-use when a container took it meanwhile */
export async function removeUnused(context: EngineContext, name: string): Promise<void> {
  using _lock = await context.lock("volume", name);
  const record = context.state().volumes.get(name);
  if (record === undefined) return;
  const users = context.containers().usersOf("volume", name);
  if (users.length > 0) throw inUse(name, users);
  if (needsMount(record) && isMounted(record.mountpoint)) unmountVolume(record);
  context.state().volumes.remove(name);
  removeVolumeFiles(record);
  forgetLock(context.config.paths.lockDir, "volume", name);
  await context.emit({ type: "volume", status: "remove", name });
}

/** Anonymous volumes of a removed container, as far as nobody else uses them. */
export async function removeAnonymous(context: EngineContext, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try { await removeUnused(context, name); } catch (error) { if (!isEngineError(error, "volume-in-use")) throw error; }
  }
}
