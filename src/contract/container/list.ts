import { defineOperation, filters, integer, output, toggle } from "../kit.ts";
import type { ListContainer } from "../types/container-list.ts";

/** Newest first. Reads a snapshot: waits for no lock and starts no program. */
export const list = defineOperation({
  name: "container.list",
  summary: "List containers",
  input: {
    all: toggle("Show all the containers, default is only running containers"),
    last: integer("Print the n last created containers (all states)"),
    limit: integer("Print the n last created containers (all states)"),
    size: toggle("Display the total file sizes"),
    namespace: toggle("Display namespace information"),
    external: toggle("Show containers in storage not controlled by Podman"),
    sync: toggle("Sync container state with OCI runtime"),
    filters: filters("Filter output based on conditions given"),
  },
  output: output<readonly ListContainer[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/containers/json" },
});
