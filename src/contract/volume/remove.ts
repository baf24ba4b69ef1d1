import { defineOperation, integer, nothing, text, toggle } from "../kit.ts";

export const remove = defineOperation({
  name: "volume.remove",
  summary: "Remove one or more volumes",
  input: {
    ref: text("Name or unique prefix of the volume", { completion: "volume" }),
    force: toggle("Remove a volume by force, even if it is being used by a container"),
    timeout: integer("Seconds to wait for running containers to stop before killing the container", { unit: "seconds" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "DELETE", path: "/volumes/{ref}", status: 204 },
});
