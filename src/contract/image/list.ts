import { defineOperation, filters, output, toggle } from "../kit.ts";
import type { ListImage } from "../types/image-reports.ts";

/** Reads a snapshot: waits for no lock. */
export const list = defineOperation({
  name: "image.list",
  summary: "List images in local storage",
  input: {
    all: toggle("Show all images (default hides intermediate images)"),
    filters: filters("Filter output based on conditions provided"),
  },
  output: output<readonly ListImage[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/images/json" },
});
