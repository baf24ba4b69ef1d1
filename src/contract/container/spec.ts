import { defineOperation, output, text, toggle } from "../kit.ts";
import type { PodSpecGenerator } from "../pod/create.wire.ts";

/** The JSON that `POST /libpod/containers/create` takes, or that of `/libpod/pods/create` for a pod. */
export const spec = defineOperation({
  name: "container.spec",
  summary: "Describe a container or pod as a request that would create its like",
  input: {
    ref: text("Name or id of the container or pod", { completion: "container" }),
    rename: toggle("Give the description a name that is free"),
  },
  output: output<PodSpecGenerator>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { localOnly: "Podman's API has no endpoint for specifications" },
});
