import { defineOperation, integer, output, text, toggle } from "../kit.ts";

/** One removed container; `Err` says why it is still there. */
export interface ContainerRemoveReport { readonly Id: string; readonly Err?: string }

/** Reports every container that `depend` took along, the named one last. A failure of the named one is thrown. */
export const remove = defineOperation({
  name: "container.remove",
  summary: "Remove one or more containers",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    force: toggle("Force removal of a running or unusable container"),
    volumes: toggle("Remove anonymous volumes associated with the container", { wire: "v" }),
    depend: toggle("Remove container and all containers that depend on the selected container"),
    ignore: toggle("Ignore errors when a specified container is missing"),
    timeout: integer("Seconds to wait for stop before killing the container", { unit: "seconds" }),
  },
  output: output<readonly ContainerRemoveReport[]>(),
  kind: "value",
  errors: ["not-found", "conflict", "failed-precondition"],
  libpod: { method: "DELETE", path: "/containers/{ref}" },
});
