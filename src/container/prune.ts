import { isEngineError, messageOf } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { prune as operation } from "../contract/container/prune.ts";
import type { PruneReport } from "../contract/types/container-list.ts";
import type { EngineContext } from "../engine/context.ts";
import { containerFilter } from "./filter.ts";
import { sizesOf } from "./list.ts";
import { present } from "./observe.ts";
import { recoverUnfinished } from "./recover.ts";
import type { ContainerRecord } from "./record.ts";
import { remove } from "./remove.ts";

/** Removes every container that does not run, one after the other; a failure is in its report. @throws invalid-argument for a wrong filter */
export async function prune(context: EngineContext, { filters }: InputOf<typeof operation.input>): Promise<readonly PruneReport[]> {
  const matches = containerFilter(context, filters ?? {}, ["label", "label!", "until"]);
  await recoverUnfinished(context);
  const dead = context.containers().list().map((record) => present(context, record)).filter((record) => isDead(record) && matches(record));
  const reports: PruneReport[] = [];
  for (const record of dead) reports.push(await pruneOne(context, record));
  return reports;
}

const isDead = ({ state }: ContainerRecord): boolean => state.status === "created" || state.status === "exited" || state.status === "stopped";

async function pruneOne(context: EngineContext, record: ContainerRecord): Promise<PruneReport> {
  try {
    const Size = await sizeOf(context, record);
    await remove(context, { ref: record.id, volumes: false });
    return { Id: record.id, Err: null, Size };
  } catch (error) {
    return { Id: record.id, Err: messageOf(error), Size: 0 };
  }
}

/** Nothing for one that lost its layer: it is to go all the same. */
async function sizeOf(context: EngineContext, record: ContainerRecord): Promise<number> {
  try { return (await sizesOf(context, record)).rwSize; } catch (error) {
    if (isEngineError(error, "not-found")) return 0;
    throw error;
  }
}
