import { defineOperation, list, output, text } from "../kit.ts";
import type { TopReport } from "../container/top.ts";

export const top = defineOperation({
  name: "pod.top",
  summary: "Show the processes of a pod's containers",
  input: {
    ref: text("Name or id of the pod", { completion: "pod" }),
    descriptors: list("Format descriptors (user, pid, …) or arguments of ps(1)", { wire: "ps_args" }),
  },
  output: output<TopReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "GET", path: "/pods/{ref}/top" },
});
