import { defineOperation, maybeText, nothing, text } from "../kit.ts";

export const kill = defineOperation({
  name: "container.kill",
  summary: "Send a signal to a running container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    signal: maybeText("Signal to send to the container, by name or number; KILL by default"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/{ref}/kill", status: 204 },
});
