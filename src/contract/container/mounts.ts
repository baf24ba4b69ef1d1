import { defineOperation, output } from "../kit.ts";

/** Id → path of every container whose root is mounted for a person (`podman mount` without arguments). */
export const mounts = defineOperation({
  name: "container.mounts",
  summary: "List the mounted containers",
  input: {},
  output: output<Readonly<Record<string, string>>>(),
  kind: "value",
  libpod: { method: "GET", path: "/containers/showmounted" },
});
