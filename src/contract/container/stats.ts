import { defineOperation, integer, list, output, toggle } from "../kit.ts";
import type { StatsReport } from "../types/container-stats.ts";

/** Without names: those that run. Takes no locks; a container that cannot be read delays no other. */
export const stats = defineOperation({
  name: "container.stats",
  summary: "Report the resource usage of containers, once or again and again",
  input: {
    containers: list("Names or ids of containers"),
    all: toggle("Report those that do not run too"),
    stream: toggle("Report again and again (default true)"),
    interval: integer("Time between two reports, 5 when absent", { unit: "s" }),
  },
  output: output<StatsReport>(),
  kind: "stream",
  errors: ["not-found", "invalid-argument", "failed-precondition"],
  libpod: { method: "GET", path: "/containers/stats" },
});
