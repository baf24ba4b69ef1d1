import { defineOperation, output, text } from "../kit.ts";
import type { InspectVolume } from "../types/volume.ts";

export const inspect = defineOperation({
  name: "volume.inspect",
  summary: "Show everything about a volume",
  input: { ref: text("Name or unique prefix of the volume", { completion: "volume" }) },
  output: output<InspectVolume>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/volumes/{ref}/json" },
});
