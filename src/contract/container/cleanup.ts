import { defineOperation, maybeText, nothing, text, toggle } from "../kit.ts";

/** What conmon runs when a container or exec session ended. Idempotent. */
export const cleanup = defineOperation({
  name: "container.cleanup",
  summary: "Free what an ended container still holds",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    exec: maybeText("Free this exec session instead"),
    remove: toggle("Then remove the container"),
    removeImage: toggle("Then remove its image"),
    stoppedOnly: toggle("Leave a container alone that has not stopped"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "failed-precondition"],
  libpod: { localOnly: "conmon's exit command runs on the engine's machine" },
});
