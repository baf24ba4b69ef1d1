import { defineOperation, integer, list, output, toggle } from "../kit.ts";
import type { PodStats } from "../types/pod.ts";

/** Without names: of all pods. Rows of containers that do not run have no numbers. Takes no locks. */
export const stats = defineOperation({
  name: "pod.stats",
  summary: "Report the resource usage of the containers of pods, once or again and again",
  input: {
    pods: list("Names or ids of pods", { wire: "namesOrIDs" }),
    all: toggle("Report all pods"),
    stream: toggle("Report again and again (default false)"),
    delay: integer("Time between two reports, 5 when absent", { unit: "s" }),
  },
  output: output<readonly PodStats[]>(),
  kind: "stream",
  errors: ["not-found", "invalid-argument", "failed-precondition"],
  libpod: { method: "GET", path: "/pods/stats" },
});
