import { defineOperation, nothing, text, toggle } from "../kit.ts";

export const unmount = defineOperation({
  name: "container.unmount",
  summary: "Undo one mount of a container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    force: toggle("Unmount whatever the number of mounts"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/unmount", status: 204 },
});
