import { defineOperation, nothing, text } from "../kit.ts";

/** A tar of the whole root file system. */
export const exportRoot = defineOperation({
  name: "container.export",
  summary: "Give a container's root file system as a tar archive",
  input: { ref: text("Name or id of the container", { completion: "container" }) },
  output: nothing,
  kind: "bytes",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/containers/{ref}/export" },
});
