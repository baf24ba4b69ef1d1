import { defineOperation, list, output, text } from "../kit.ts";

export interface TopReport { readonly Titles: readonly string[]; readonly Processes: readonly (readonly string[])[] }

export const top = defineOperation({
  name: "container.top",
  summary: "Display the running processes of a container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    descriptors: list("Format descriptors (user, pid, …) or arguments of ps(1)", { wire: "ps_args" }),
  },
  output: output<TopReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "GET", path: "/containers/{ref}/top" },
});
