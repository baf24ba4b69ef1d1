import { defineOperation, maybeText, nothing, text, toggle } from "../kit.ts";

/** What conmon runs when a container or exec session ended. Idempotent. */
export const cleanup = defineOperation({
  name: "container.cleanup",
  summary: "Clean up network and mountpoints of one or more containers",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    exec: maybeText("Clean up the given exec session instead of the container"),
    remove: toggle("After cleanup, remove the container entirely"),
    removeImage: toggle("After cleanup, remove the image entirely"),
    stoppedOnly: toggle("Only cleanup when the container is in the stopped state"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "failed-precondition"],
  libpod: { localOnly: "conmon's exit command runs on the engine's machine" },
});
