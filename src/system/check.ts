import { EngineError, messageOf } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { CheckSummary, check as operation } from "../contract/system/check.ts";
import type { EngineContext } from "../engine/context.ts";
import { parseDuration } from "../formats/create/size.ts";
import { remove } from "../container/remove.ts";
import type { CheckReport } from "../storage/check/types.ts";
import type { Store } from "../storage/store.ts";

type Input = InputOf<typeof operation.input>;
const nanosPerMilli = 1e6;

/**
 * Looks, and removes what is damaged if that is wanted; containers only with `repairLossy`. What cannot be removed is an error
 * after everything else was tried. @throws invalid-argument for a wrong duration, failed-precondition
 */
export async function check(context: EngineContext, input: Input): Promise<CheckSummary> {
  const age = input.unreferencedLayerMaximumAge;
  const store = await context.store();
  const report = await store.check({ contents: input.quick !== true, ...(age === undefined || age === "" ? {} : { unreferencedMaxAgeMillis: parseDuration(age) / nanosPerMilli }) });
  const found = summaryOf(report);
  if (!found.Errors || (input.repair !== true && input.repairLossy !== true)) return found;
  return { ...found, ...await repair(context, store, report, input.repairLossy === true) };
}

function summaryOf({ layers, readOnlyLayers, images, readOnlyImages, containers }: CheckReport): CheckSummary {
  const lists = { Layers: layers, ROLayers: readOnlyLayers, Images: images, ROImages: readOnlyImages, Containers: containers };
  const filled = Object.entries(lists).filter(([, list]) => list.size > 0).map(([name, list]) => [name, Object.fromEntries(list)] as const);
  return { Errors: filled.length > 0, ...Object.fromEntries(filled) };
}

async function repair(context: EngineContext, store: Store, report: CheckReport, lossy: boolean): Promise<Partial<CheckSummary>> {
  const before = { images: store.images(), layers: store.layers().map(({ id }) => id) };
  const removed = lossy ? await removeContainers(context, report) : new Map<string, string>();
  const failures = await store.repair(report, lossy);
  if (lossy) for (const id of removed.keys()) context.containers().remove(id);
  if (failures.length > 0) throw new EngineError("failed-precondition", failures.join("; "), { hint: "damaged containers are removed with --force only" });
  const after = { images: new Set(store.images().map(({ id }) => id)), layers: new Set(store.layers().map(({ id }) => id)) };
  const images = before.images.filter(({ id }) => !after.images.has(id)).map(({ id, names }) => [id, names] as const);
  const layers = [...before.layers, ...report.unaccounted].filter((id) => !after.layers.has(id));
  return {
    ...(images.length === 0 ? {} : { RemovedImages: Object.fromEntries(images) }), ...(layers.length === 0 ? {} : { RemovedLayers: layers }),
    ...(removed.size === 0 ? {} : { RemovedContainers: Object.fromEntries(removed) }),
  };
}

/** Ours in the usual way first, so that processes, networks and files go too; the store takes what is left of them. */
async function removeContainers(context: EngineContext, { containers }: CheckReport): Promise<ReadonlyMap<string, string>> {
  const removed = new Map<string, string>();
  for (const id of containers.keys()) {
    const record = context.containers().get(id);
    if (record === undefined) continue;
    removed.set(id, record.name);
    try { await remove(context, { ref: id, force: true, timeout: 0, depend: true }); } catch (error) { context.warn(`removing damaged container ${id}: ${messageOf(error)}`); }
  }
  return removed;
}
