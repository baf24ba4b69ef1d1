/** Takes away what a check found damaged. Healthy images and containers are never touched. */
import { isEngineError, messageOf } from "../../base/errors.ts";
import { removeContainer } from "../container/remove.ts";
import { removeImage } from "../image/remove.ts";
import { removeLayer } from "../layer/remove.ts";
import type { StoreParts } from "../parts.ts";
import { openTempDirectory } from "../tempdir/stage.ts";
import { depthOf } from "./store.ts";
import type { CheckReport } from "./types.ts";

/** See `Store.repair`. Answers what could not be removed. */
export async function repairStore(parts: StoreParts, report: CheckReport, removeContainers: boolean): Promise<readonly string[]> {
  const failures: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try { await work(); } catch (error) { if (!isEngineError(error, "not-found")) failures.push(`deleting ${what}: ${messageOf(error)}`); }
  };
  if (removeContainers) for (const id of report.containers.keys()) await attempt(`container ${id}`, () => removeContainer(parts, id));
  for (const id of report.images.keys()) await attempt(`image ${id}`, () => removeImage(parts, id));
  const byId = new Map(parts.layers.snapshot().records.map((record) => [record.id, record]));
  const damaged = [...report.layers.keys()].flatMap((id) => byId.get(id) ?? []).toSorted((a, b) => depthOf(b, byId) - depthOf(a, byId));
  for (const { id } of damaged) await attempt(`layer ${id}`, () => removeLayer(parts, id));
  for (const id of report.unaccounted) await attempt(`storage layer ${id}`, () => removeDirectory(parts, id));
  return failures;
}

async function removeDirectory({ driver }: StoreParts, id: string): Promise<void> {
  await driver.unmount(id);
  const temp = openTempDirectory(driver.tempRootOf(id));
  try { driver.remove(id, temp); } finally { await temp.remove(); }
}
