import { defineOperation, filters, output, toggle } from "../kit.ts";
import type { PrunedImage } from "../types/image-reports.ts";

export const prune = defineOperation({
  name: "image.prune",
  summary: "Remove unused images",
  input: {
    all: toggle("Remove all images not in use by containers, not just dangling ones"),
    external: toggle("Remove images even when they are used by external containers (e.g., by build containers)"),
    filters: filters("Provide filter values (e.g. 'label=<key>=<value>')"),
  },
  output: output<readonly PrunedImage[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/images/prune" },
});
