import { defineOperation, nothing, text } from "../kit.ts";

/** Succeeds when there is one, else fails with `not-found/no-such-pod`. */
export const exists = defineOperation({
  name: "pod.exists",
  summary: "Tell whether a pod exists",
  input: { ref: text("Name or id of the pod", { completion: "pod" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/pods/{ref}/exists", status: 204 },
});
