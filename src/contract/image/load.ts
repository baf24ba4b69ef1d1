import { defineOperation, output } from "../kit.ts";
import type { LoadReport } from "../types/image-reports.ts";

/** Takes an archive of any known kind, compressed or not. */
export const load = defineOperation({
  name: "image.load",
  summary: "Read images from an archive",
  input: {},
  output: output<LoadReport>(),
  kind: "value",
  upload: true,
  errors: ["invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/images/load" },
});
