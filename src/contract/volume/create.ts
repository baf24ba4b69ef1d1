import { defineOperation, map, maybeText, output, toggle } from "../kit.ts";
import type { InspectVolume } from "../types/volume.ts";

export const create = defineOperation({
  name: "volume.create",
  summary: "Create a new volume",
  input: {
    name: maybeText("Name of the volume; 64 random hex digits by default", { wire: "Name", completion: "none" }),
    driver: maybeText("Specify volume driver name", { wire: "Driver" }),
    labels: map("Set metadata for a volume", { wire: "Labels" }),
    options: map("Set driver specific options", { wire: "Options" }),
    ignoreIfExists: toggle("Do not fail when the volume already exists", { wire: "IgnoreIfExists" }),
  },
  output: output<InspectVolume>(),
  kind: "value",
  errors: ["conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/volumes/create", status: 201, body: "*" },
});
