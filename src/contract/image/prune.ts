import { defineOperation, filters, output, toggle } from "../kit.ts";
import type { PruneReport } from "../types/container-list.ts";

export const prune = defineOperation({
  name: "image.prune",
  summary: "Remove images that nothing uses",
  input: {
    all: toggle("Remove every image without a container, named ones too"),
    external: toggle("Remove images of which only containers of other tools (builds) are in the way"),
    buildCache: toggle("Remove the cache of builds too", { wire: "buildcache" }),
    filters: filters("Remove only images that match (name=value)"),
  },
  output: output<readonly PruneReport[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/images/prune" },
});
