import { defineOperation, nothing, text } from "../kit.ts";

export const unmount = defineOperation({
  name: "volume.unmount",
  summary: "Unmount volume",
  input: { ref: text("Name of the volume", { completion: "volume" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { localOnly: "a mount is visible on the engine's machine only" },
});
