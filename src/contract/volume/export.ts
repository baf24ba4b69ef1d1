import { defineOperation, nothing, text } from "../kit.ts";

/** A tar of what is in the volume. */
export const exportVolume = defineOperation({
  name: "volume.export",
  summary: "Export volumes",
  input: { ref: text("Name of the volume", { completion: "volume" }) },
  output: nothing,
  kind: "bytes",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/volumes/{ref}/export" },
});
