import { defineOperation, nothing, text, toggle } from "../kit.ts";

export const unmount = defineOperation({
  name: "container.unmount",
  summary: "Unmount working container's root filesystem",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    force: toggle("Force the complete unmount of the specified mounted containers"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/unmount", status: 204 },
});
