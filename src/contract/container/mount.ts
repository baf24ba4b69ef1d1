import { defineOperation, output, text } from "../kit.ts";

/** Gives the path where the root file system is mounted. Counted: `unmount` undoes one. */
export const mount = defineOperation({
  name: "container.mount",
  summary: "Mount a container's root file system",
  input: { ref: text("Name or id of the container", { completion: "container" }) },
  output: output<string>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "POST", path: "/containers/{ref}/mount" },
});
