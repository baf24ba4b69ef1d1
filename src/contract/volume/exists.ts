import { defineOperation, nothing, text } from "../kit.ts";

/** Succeeds when there is one, else fails with `not-found/no-such-volume`. */
export const exists = defineOperation({
  name: "volume.exists",
  summary: "Tell whether a volume exists",
  input: { ref: text("Name of the volume", { completion: "volume" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/volumes/{ref}/exists", status: 204 },
});
