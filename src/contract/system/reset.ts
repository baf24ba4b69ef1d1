import { defineOperation, nothing } from "../kit.ts";

/** The engine is of no use afterwards. */
export const reset = defineOperation({
  name: "system.reset",
  summary: "Reset the storage: remove everything",
  input: {},
  output: nothing,
  kind: "value",
  libpod: { localOnly: "Podman's service does not offer it: it would remove itself" },
});
