import { defineOperation, nothing, text } from "../kit.ts";

/** An image that is no list is a failed precondition, not absent. */
export const exists = defineOperation({
  name: "manifest.exists",
  summary: "Tell by the exit status whether a manifest list exists",
  input: { name: text("Name or id of the list", { completion: "image" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found", "failed-precondition"],
  libpod: { method: "GET", path: "/manifests/{name}/exists" },
});
