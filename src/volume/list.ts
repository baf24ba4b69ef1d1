import type { Filters, InputOf } from "../contract/kit.ts";
import type { list as operation } from "../contract/volume/list.ts";
import type { InspectVolume } from "../contract/types/volume.ts";
import type { EngineContext } from "../engine/context.ts";
import { volumeFilter } from "./filter.ts";
import { describe, toInspect } from "./inspect.ts";

/** Sorted by name. One whose plugin does not answer is listed without its status. @throws invalid-argument for a wrong filter */
export async function list(context: EngineContext, { filters }: InputOf<typeof operation.input>): Promise<readonly InspectVolume[]> {
  const matches = volumeFilter(context, (filters ?? {}) satisfies Filters);
  return Promise.all(context.state().volumes.list().filter(matches).map((record) => toInspect(context, record).catch(() => describe(context, record))));
}
