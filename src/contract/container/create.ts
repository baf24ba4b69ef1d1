import { createFromWire, createToWire } from "./create.wire.ts";
import { defineOperation, json, output } from "../kit.ts";
import type { ContainerCreate } from "../types/container-create.ts";

export interface ContainerCreateReport { readonly Id: string; readonly Warnings: readonly string[] }

/** The image must be in the store already: pull policy is the caller's (`image.pull` first). */
export const create = defineOperation({
  name: "container.create",
  summary: "Make a container without starting it",
  input: { spec: json<ContainerCreate>("What to create") },
  output: output<ContainerCreateReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/create", status: 201, body: "spec", codec: { toWire: createToWire, fromWire: createFromWire } },
});
