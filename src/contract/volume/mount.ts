import { defineOperation, output, text } from "../kit.ts";

export const mount = defineOperation({
  name: "volume.mount",
  summary: "Mount volume",
  input: { ref: text("Name of the volume", { completion: "volume" }) },
  output: output<string>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { localOnly: "a mount is visible on the engine's machine only" },
});
