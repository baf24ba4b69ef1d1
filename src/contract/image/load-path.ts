import { defineOperation, output, text } from "../kit.ts";
import type { LoadReport } from "../types/image-reports.ts";

/** As `load`, from a file or folder of this machine, without copying it first. */
export const loadPath = defineOperation({
  name: "image.loadPath",
  summary: "Read images from an archive or folder of the engine's machine",
  input: { path: text("Archive to read", { completion: "file" }) },
  output: output<LoadReport>(),
  kind: "value",
  errors: ["not-found", "invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/local/images/load" },
});
