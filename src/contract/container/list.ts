import { defineOperation, filters, integer, output, toggle } from "../kit.ts";
import type { ListContainer } from "../types/container-list.ts";

/** Newest first. Reads a snapshot: waits for no lock and starts no program. */
export const list = defineOperation({
  name: "container.list",
  summary: "List containers",
  input: {
    all: toggle("Show every container, not only those that run"),
    last: integer("Show so many of the newest, whatever their state"),
    limit: integer("Show so many of the newest, whatever their state"),
    size: toggle("Show sizes"),
    namespace: toggle("Display namespace information"),
    external: toggle("Show other tools' containers in the storage too"),
    sync: toggle("Ask the OCI runtime for each state first"),
    filters: filters("Show only what matches"),
  },
  output: output<readonly ListContainer[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/containers/json" },
});
