import { defineOperation, output, text } from "../kit.ts";
import type { HistoryLayer } from "../types/image-reports.ts";

export const history = defineOperation({
  name: "image.history",
  summary: "Show how an image was made",
  input: { ref: text("Name or id of the image", { completion: "image" }) },
  output: output<readonly HistoryLayer[]>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/images/{ref}/history" },
});
