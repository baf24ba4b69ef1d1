import type { Undo } from "../base/undo.ts";
import type { NamedVolumeUse } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { makeVolume, removeVolumeFiles } from "./make.ts";

/** Creates the volumes that are not there yet. Anonymous ones are undone; a named one stays, it may be in use at once. */
export async function createVolumesFor(context: EngineContext, uses: readonly NamedVolumeUse[], undo: Undo): Promise<void> {
  for (const { name, anonymous } of uses) {
    if (context.state().volumes.get(name) !== undefined) continue;
    const { record, isNew } = await makeVolume(context, { name, anonymous });
    if (!isNew || !anonymous) continue;
    undo(() => {
      context.state().volumes.remove(name);
      removeVolumeFiles(record);
    });
  }
}
