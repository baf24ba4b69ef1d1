import { EngineError } from "../base/errors.ts";
import { prune as pruneContainers } from "../container/prune.ts";
import type { InputOf } from "../contract/kit.ts";
import type { prune as operation, SystemPruneReport } from "../contract/system/prune.ts";
import type { PruneReport } from "../contract/types/container-list.ts";
import type { NetworkPruneReport } from "../contract/types/network.ts";
import type { PodRemoveReport } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import { prune as pruneImages } from "../image/prune.ts";
import { prune as pruneNetworks } from "../network/prune.ts";
import { prune as prunePods } from "../pod/prune.ts";
import { prune as pruneVolumes } from "../volume/prune.ts";

type Input = InputOf<typeof operation.input>;

/**
 * Removes what nothing uses, until nothing more goes: a container may free an image, that its parent. What cannot be removed is
 * in the reports, once. `external` does something else: it removes files that no record names. @throws invalid-argument
 */
export async function prune(context: EngineContext, input: Input): Promise<SystemPruneReport> {
  if (input.external === true) {
    if (input.all === true || input.volumes === true || input.build === true || Object.keys(input.filters ?? {}).length > 0) {
      throw new EngineError("invalid-argument", "system prune --external cannot be combined with other options");
    }
    await (await context.store()).collectGarbage();
    return new Findings().report();
  }
  const found = new Findings();
  if (input.build === true) found.add("containers", await (await import("../container/prune-build.ts")).pruneBuildContainers(context));
  while (await pruneOnce(context, input, found)) { /* what went may have set more free */ }
  return found.report();
}

/** True when something was removed that others may have hung on. */
async function pruneOnce(context: EngineContext, { all, volumes, filters = {} }: Input, found: Findings): Promise<boolean> {
  const before = found.removedCount;
  // Filters say nothing of pods: then they stay, where Podman takes them all.
  if (Object.keys(filters).length === 0) found.addPods(await prunePods(context));
  found.add("containers", await pruneContainers(context, { filters }));
  found.add("images", await pruneImages(context, { all, filters }));
  found.addNetworks(await pruneNetworks(context, { filters }));
  if (volumes === true) found.add("volumes", await pruneVolumes(context, { filters: Object.keys(filters).length === 0 ? { all: ["true"] } : filters }));
  return found.removedCount > before;
}

/** Reports of several rounds; an object that stays is told once. */
class Findings {
  readonly #lists = { containers: new Map<string, PruneReport>(), images: new Map<string, PruneReport>(), volumes: new Map<string, PruneReport>() };
  readonly #pods = new Map<string, PodRemoveReport>();
  readonly #networks = new Map<string, NetworkPruneReport>();
  removedCount = 0;

  add(kind: "containers" | "images" | "volumes", reports: readonly PruneReport[]): void {
    const list = this.#lists[kind];
    for (const report of reports.filter(({ Id }) => list.get(Id)?.Err !== null)) {
      list.set(report.Id, report);
      if (report.Err === null) this.removedCount++;
    }
  }

  addPods(reports: readonly PodRemoveReport[]): void {
    for (const report of reports) {
      this.#pods.set(report.Id, report);
      if (!isFailed(report)) this.removedCount++;
    }
  }

  addNetworks(reports: readonly NetworkPruneReport[]): void {
    for (const report of reports) {
      this.#networks.set(report.Name, report);
      if (report.Error === null) this.removedCount++;
    }
  }

  report(): SystemPruneReport {
    const { containers, images, volumes } = this.#lists;
    const ReclaimedSpace = [...containers.values(), ...images.values(), ...volumes.values()].reduce((sum, { Size }) => sum + Size, 0);
    return {
      PodPruneReport: listed(this.#pods), ContainerPruneReports: listed(containers), ImagePruneReports: listed(images), NetworkPruneReports: listed(this.#networks),
      VolumePruneReports: listed(volumes), ReclaimedSpace,
    };
  }
}

const isFailed = ({ Err }: PodRemoveReport): boolean => Err !== undefined && Err !== null;
const listed = <T>(reports: ReadonlyMap<string, T>): readonly T[] | null => (reports.size === 0 ? null : [...reports.values()]);
