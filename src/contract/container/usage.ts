import { defineOperation, output, text, toggle } from "../kit.ts";
import type { ContainerUsage } from "../types/container-stats.ts";

/**
 * A report every second until the container is gone. With `stream` off one report, a second after the first look, so that it has
 * numbers to compare with; with `oneShot` at once and without them.
 */
export const usage = defineOperation({
  name: "container.usage",
  summary: "Report the resource usage of one container as Docker does",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    stream: toggle("Report again and again (default true)"),
    oneShot: toggle("Do not look twice", { wire: "one-shot" }),
  },
  output: output<ContainerUsage>(),
  kind: "stream",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "GET", path: "/containers/{ref}/stats" },
});
