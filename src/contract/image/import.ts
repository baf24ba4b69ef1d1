import { defineOperation, list, maybeText, output } from "../kit.ts";
import type { ImportReport } from "../types/image-reports.ts";

/** Makes a one-layer image of a root file system archive. */
export const importImage = defineOperation({
  name: "image.import",
  summary: "Make an image of a root file system archive",
  input: {
    reference: maybeText("Name of the new image"),
    changes: list("Dockerfile instruction for the new image (CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR)"),
    message: maybeText("Comment in the history of the image"),
    os: maybeText("Operating system of the image", { wire: "OS" }),
    arch: maybeText("Architecture of the image", { wire: "Architecture" }),
    variant: maybeText("Variant of the architecture", { wire: "Variant" }),
  },
  output: output<ImportReport>(),
  kind: "value",
  upload: true,
  errors: ["invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/images/import" },
});
