import { defineOperation, maybeText, output, text } from "../kit.ts";
import type { PodReport } from "../types/pod.ts";

/** Goes on after a container that fails: `Errs` says what was not done. */
export const kill = defineOperation({
  name: "pod.kill",
  summary: "Send a signal to the containers of a pod",
  input: {
    ref: text("Name or id of the pod", { completion: "pod" }),
    signal: maybeText("Signal to send, by name or number; KILL by default"),
  },
  output: output<PodReport>(),
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "POST", path: "/pods/{ref}/kill" },
});
