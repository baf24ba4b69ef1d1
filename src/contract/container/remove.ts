import { defineOperation, integer, output, text, toggle } from "../kit.ts";

/** One removed container; `Err` says why it is still there. */
export interface ContainerRemoveReport { readonly Id: string; readonly Err?: string }

/** Reports every container that `depend` took along, the named one last. A failure of the named one is thrown. */
export const remove = defineOperation({
  name: "container.remove",
  summary: "Remove a container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    force: toggle("Stop one that runs, and remove one that is damaged"),
    volumes: toggle("Remove its anonymous volumes", { wire: "v" }),
    depend: toggle("Remove those that depend on it too"),
    ignore: toggle("A container that does not exist is no error"),
    timeout: integer("Seconds until the container is killed", { unit: "seconds" }),
  },
  output: output<readonly ContainerRemoveReport[]>(),
  kind: "value",
  errors: ["not-found", "conflict", "failed-precondition"],
  libpod: { method: "DELETE", path: "/containers/{ref}" },
});
