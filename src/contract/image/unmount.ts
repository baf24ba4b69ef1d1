import { defineOperation, output, text, toggle } from "../kit.ts";

/** False: it was not mounted. */
export const unmount = defineOperation({
  name: "image.unmount",
  summary: "Undo one mount of an image",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    force: toggle("Undo all its mounts"),
  },
  output: output<{ readonly Id: string; readonly Unmounted: boolean }>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { localOnly: "a mount is of use on the machine that has it only" },
});
