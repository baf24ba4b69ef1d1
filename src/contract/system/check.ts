import { defineOperation, maybeText, output, toggle } from "../kit.ts";

/** Sentences by id; what a repair removed. Fields without content are absent. */
export interface CheckSummary {
  readonly Errors: boolean;
  readonly Layers?: Readonly<Record<string, readonly string[]>>;
  readonly ROLayers?: Readonly<Record<string, readonly string[]>>;
  readonly RemovedLayers?: readonly string[];
  readonly Images?: Readonly<Record<string, readonly string[]>>;
  readonly ROImages?: Readonly<Record<string, readonly string[]>>;
  readonly RemovedImages?: Readonly<Record<string, readonly string[]>>;
  readonly Containers?: Readonly<Record<string, readonly string[]>>;
  readonly RemovedContainers?: Readonly<Record<string, string>>;
}

export const check = defineOperation({
  name: "system.check",
  summary: "Look for damage in the storage",
  input: {
    quick: toggle("Skip checks that take long: contents of layers"),
    repair: toggle("Remove damaged images"),
    repairLossy: toggle("Remove damaged images and containers", { wire: "repair_lossy" }),
    unreferencedLayerMaximumAge: maybeText("Age from which unused layers are damage (a duration)", { wire: "unreferenced_layer_max_age" }),
  },
  output: output<CheckSummary>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/system/check" },
});
