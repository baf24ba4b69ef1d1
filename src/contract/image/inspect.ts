import { defineOperation, output, text } from "../kit.ts";
import type { InspectImage } from "../types/image-reports.ts";

export const inspect = defineOperation({
  name: "image.inspect",
  summary: "Show what is known about an image",
  input: { ref: text("Name or id of the image", { completion: "image" }) },
  output: output<InspectImage>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/images/{ref}/json" },
});
