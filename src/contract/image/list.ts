import { defineOperation, filters, output, toggle } from "../kit.ts";
import type { ListImage } from "../types/image-reports.ts";

/** Reads a snapshot: waits for no lock. */
export const list = defineOperation({
  name: "image.list",
  summary: "Show the images in local storage",
  input: {
    all: toggle("Include intermediate images"),
    filters: filters("Show only images that match (name=value or name!=value)"),
  },
  output: output<readonly ListImage[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/images/json" },
});
