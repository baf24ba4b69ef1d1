import { within } from "../base/errors.ts";
import type { Undo } from "../base/undo.ts";
import type { NamedVolumeUse } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { makeVolume, removeVolumeFiles, type VolumeMake } from "./make.ts";

type Owner = NonNullable<VolumeMake["firstOwner"]>;

/**
 * Creates the volumes that are not there yet; they belong to the container's root until it starts. Anonymous ones are undone; a
 * named one stays, it may be in use at once.
 */
export async function createVolumesFor(context: EngineContext, uses: readonly NamedVolumeUse[], firstOwner: Owner, undo: Undo): Promise<void> {
  for (const { name, anonymous, driverOptions } of uses) {
    if (context.state().volumes.get(name) !== undefined) continue;
    const { record, isNew } = await made(context, { name, anonymous, firstOwner, ...(driverOptions === undefined ? {} : { options: driverOptions }) });
    if (!isNew || !anonymous) continue;
    undo(() => {
      context.state().volumes.remove(name);
      removeVolumeFiles(record);
    });
  }
}

async function made(context: EngineContext, make: VolumeMake): ReturnType<typeof makeVolume> {
  try { return await makeVolume(context, make); } catch (error) { throw within(`creating named volume ${JSON.stringify(make.name)}`, error); }
}
