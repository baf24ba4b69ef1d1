import { defineOperation, filters, output, toggle } from "../kit.ts";
import type { PruneReport } from "../types/container-list.ts";
import type { NetworkPruneReport } from "../types/network.ts";
import type { PodRemoveReport } from "../types/pod.ts";

/** null where nothing was removed. Sizes in bytes. */
export interface SystemPruneReport {
  readonly PodPruneReport: readonly PodRemoveReport[] | null;
  readonly ContainerPruneReports: readonly PruneReport[] | null;
  readonly ImagePruneReports: readonly PruneReport[] | null;
  readonly NetworkPruneReports: readonly NetworkPruneReport[] | null;
  readonly VolumePruneReports: readonly PruneReport[] | null;
  readonly ReclaimedSpace: number;
}

export const prune = defineOperation({
  name: "system.prune",
  summary: "Remove unused data",
  input: {
    all: toggle("Remove all unused images, named ones too"),
    volumes: toggle("Remove volumes that no container uses"),
    external: toggle("Remove only what no record of the storage names"),
    build: toggle("Remove containers that builds left behind"),
    filters: filters("Remove only what matches (label=key=value, until=time)"),
  },
  output: output<SystemPruneReport>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/system/prune" },
});
