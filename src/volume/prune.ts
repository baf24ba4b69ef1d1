import { messageOf } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { prune as operation } from "../contract/volume/prune.ts";
import type { PruneReport } from "../contract/types/container-list.ts";
import type { EngineContext } from "../engine/context.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { directorySize } from "./size.ts";
import { volumeFilter } from "./filter.ts";
import { removeUnused } from "./remove.ts";

/**
 * Removes unused volumes: anonymous ones, or all of them with the filter `all=true`. A failure is in its report.
 * @throws invalid-argument for a wrong filter
 */
export async function prune(context: EngineContext, { filters = {} }: InputOf<typeof operation.input>): Promise<readonly PruneReport[]> {
  const { all, ...others } = filters;
  const everything = all?.some((value) => value === "true" || value === "1") ?? true;
  const matches = volumeFilter(context, others);
  const unused = context.state().volumes.list().filter((record) => matches(record) && (everything || record.anonymous) && context.containers().usersOf("volume", record.name).length === 0);
  const reports: PruneReport[] = [];
  for (const record of unused) reports.push(await pruneOne(context, record));
  return reports;
}

async function pruneOne(context: EngineContext, { name, mountpoint }: VolumeRecord): Promise<PruneReport> {
  try {
    const Size = directorySize(mountpoint);
    await removeUnused(context, name);
    return { Id: name, Err: null, Size };
  } catch (error) {
    return { Id: name, Err: messageOf(error), Size: 0 };
  }
}
