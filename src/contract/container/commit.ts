import { defineOperation, list, maybeText, output, text, toggle } from "../kit.ts";

export interface CommitReport { readonly Id: string }

/** Makes an image of what a container is now. The image is listed whole or not at all. */
export const commit = defineOperation({
  name: "container.commit",
  summary: "Make an image of a container's changes",
  input: {
    ref: text("Name or id of the container", { wire: "container", completion: "container" }),
    repo: maybeText("Name of the new image"),
    tag: maybeText("Tag of the new image"),
    author: maybeText("Author of the image"),
    comment: maybeText("Comment in the image's history; only the docker format has one"),
    changes: list("Dockerfile instruction for the new image (CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR)"),
    config: maybeText("JSON of a container configuration whose values go into the image"),
    format: maybeText("Format of manifest and configuration: oci or docker"),
    includeVolumes: toggle("Declare the container's volumes as volumes of the image", { wire: "includevolumes" }),
    pause: toggle("Freeze the container meanwhile"),
    squash: toggle("Make one layer of everything"),
  },
  output: output<CommitReport>(),
  kind: "value",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "POST", path: "/commit", status: 201 },
});
