import { updateFromWire, updateToWire } from "./update.wire.ts";
import { defineOperation, integer, maybeJson, maybeText, output, text } from "../kit.ts";
import type { HealthCreate, ResourcesCreate } from "../types/container-create.ts";

/** What `update` changes; absent parts stay as they are. */
export interface ContainerUpdate {
  readonly resources?: ResourcesCreate;
  readonly health?: HealthCreate;
  readonly noHealthcheck?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly unsetEnv?: readonly string[];
}

export const update = defineOperation({
  name: "container.update",
  summary: "Change a container's limits and restart policy",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    restartPolicy: maybeText("What to do when the container exits"),
    restartRetries: integer("Retries of the restart policy on-failure"),
    change: maybeJson<ContainerUpdate>("Limits, health check and environment to change"),
  },
  output: output<string>(),
  kind: "value",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/{ref}/update", status: 201, body: "change", codec: { toWire: updateToWire, fromWire: updateFromWire } },
});
