import { messageOf } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { prune as operation } from "../contract/volume/prune.ts";
import type { PruneReport } from "../contract/types/container-list.ts";
import type { EngineContext } from "../engine/context.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { directorySize } from "./size.ts";
import { pruneFilter } from "./filter.ts";
import { directoryOf } from "./record.ts";
import { removeUnused } from "./remove.ts";

const isTrue = (value: string): boolean => value.toLowerCase() === "true" || value === "1";

/**
 * Removes unused volumes. Without a filter only anonymous ones; with `all=true`, or any other filter, named ones too.
 * A failure is in its report. @throws invalid-argument for a wrong filter
 */
export async function prune(context: EngineContext, { filters = {}, dryRun }: InputOf<typeof operation.input>): Promise<readonly PruneReport[]> {
  const { all = [], ...others } = filters;
  const isNarrow = !all.some(isTrue) && Object.keys(others).length === 0;
  const matches = pruneFilter(context, isNarrow ? { anonymous: ["true"] } : others);
  const unused = context.state().volumes.list().filter((record) => matches(record) && context.containers().usersOf("volume", record.name).length === 0);
  const reports: PruneReport[] = [];
  for (const record of unused) reports.push(await pruneOne(context, record, dryRun === true));
  return reports;
}

async function pruneOne(context: EngineContext, record: VolumeRecord, isDry: boolean): Promise<PruneReport> {
  const { name } = record;
  try {
    const Size = directorySize(directoryOf(record));
    if (!isDry) await removeUnused(context, name);
    return { Id: name, Err: null, Size };
  } catch (error) {
    return { Id: name, Err: messageOf(error), Size: 0 };
  }
}
