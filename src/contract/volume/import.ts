import { defineOperation, nothing, text } from "../kit.ts";

/** Unpacks a tar archive, compressed or not, into the volume. What is there stays unless the archive has it too. */
export const importVolume = defineOperation({
  name: "volume.import",
  summary: "Unpack a tar archive into a volume",
  input: { ref: text("Name of the volume", { completion: "volume" }) },
  output: nothing,
  kind: "value",
  upload: true,
  errors: ["not-found", "data-loss"],
  libpod: { method: "POST", path: "/volumes/{ref}/import", status: 204 },
});
