import { defineOperation, integer, nothing, text, toggle } from "../kit.ts";

export const remove = defineOperation({
  name: "volume.remove",
  summary: "Remove a volume",
  input: {
    ref: text("Name or unique prefix of the volume", { completion: "volume" }),
    force: toggle("Remove the containers that use it too"),
    timeout: integer("Seconds until such a container is killed", { unit: "seconds" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "DELETE", path: "/volumes/{ref}", status: 204 },
});
