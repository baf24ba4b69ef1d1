import { defineOperation, list, maybeText, output } from "../kit.ts";
import type { ImportReport } from "../types/image-reports.ts";

/** Makes a one-layer image of a root file system archive. */
export const importImage = defineOperation({
  name: "image.import",
  summary: "Import a tarball to create a filesystem image",
  input: {
    reference: maybeText("Name of the new image"),
    changes: list("Apply the following possible instructions to the created image: CMD | ENTRYPOINT | ENV | EXPOSE | LABEL | ONBUILD | STOPSIGNAL | USER | VOLUME | WORKDIR"),
    message: maybeText("Set commit message for imported image"),
    os: maybeText("Set the OS of the imported image", { wire: "OS" }),
    arch: maybeText("Set the architecture of the imported image", { wire: "Architecture" }),
    variant: maybeText("Set the variant of the imported image", { wire: "Variant" }),
  },
  output: output<ImportReport>(),
  kind: "value",
  upload: true,
  errors: ["invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/images/import" },
});
