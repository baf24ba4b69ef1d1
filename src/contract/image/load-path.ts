import { defineOperation, output, text } from "../kit.ts";
import type { LoadReport } from "../types/image-reports.ts";

/** As `load`, from a file or folder of this machine, without copying it first. */
export const loadPath = defineOperation({
  name: "image.loadPath",
  summary: "Load image(s) from an archive or folder on the engine's machine",
  input: { path: text("Read from specified archive file", { completion: "file" }) },
  output: output<LoadReport>(),
  kind: "value",
  errors: ["not-found", "invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/local/images/load" },
});
