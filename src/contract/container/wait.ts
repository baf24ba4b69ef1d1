import { defineOperation, list, maybeText, output, text } from "../kit.ts";

/**
 * Waits for any of the conditions: a status word (`running`, `exited`, `stopped`, `removing`, …), `healthy` or `unhealthy`. Without one: until it
 * has ended. Gives the exit code, -1 when the condition is another one than its end. Known after an automatic removal too.
 */
export const wait = defineOperation({
  name: "container.wait",
  summary: "Wait for a container's state or end",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    condition: list("State to wait for"),
    interval: maybeText("Accepted for clients: waiting here needs no polling"),
  },
  output: output<number>(),
  kind: "value",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/{ref}/wait" },
});
