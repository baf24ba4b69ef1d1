import { defineOperation, output, text } from "../kit.ts";

/** A mounted image. */
export interface ImageMount {
  readonly Id: string;
  /** Manifest digest. */
  readonly Name: string;
  readonly Repositories: readonly string[];
  readonly Path: string;
}

const localOnly = "a mount is of use on the machine that has it only";

/** Mounts read-only; counted: each mount needs an unmount. */
export const mount = defineOperation({
  name: "image.mount",
  summary: "Mount an image's root file system",
  input: { ref: text("Name or id of the image", { completion: "image" }) },
  output: output<ImageMount>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { localOnly },
});

export const mounts = defineOperation({
  name: "image.mounts",
  summary: "List the images that are mounted",
  input: {},
  output: output<readonly ImageMount[]>(),
  kind: "value",
  libpod: { localOnly },
});
