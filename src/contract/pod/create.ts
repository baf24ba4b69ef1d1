import { createFromWire, createToWire } from "./create.wire.ts";
import { defineOperation, json, output } from "../kit.ts";
import type { PodCreate, PodCreateReport } from "../types/pod.ts";

/** An infra image must be in the store already, as for containers. */
export const create = defineOperation({
  name: "pod.create",
  summary: "Make a pod",
  input: { spec: json<PodCreate>("What to create") },
  output: output<PodCreateReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/pods/create", status: 201, body: "spec", codec: { toWire: createToWire, fromWire: createFromWire } },
});
