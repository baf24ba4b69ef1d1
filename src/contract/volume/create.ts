import { defineOperation, integer, map, maybeText, output, toggle } from "../kit.ts";
import type { InspectVolume } from "../types/volume.ts";

export const create = defineOperation({
  name: "volume.create",
  summary: "Make a volume",
  input: {
    name: maybeText("Name of the volume; 64 random hex digits by default", { wire: "Name", completion: "none" }),
    driver: maybeText("Volume driver", { wire: "Driver" }),
    labels: map("Labels", { wire: "Labels" }),
    olderLabels: map("Labels, as older clients send them", { wire: "Label" }),
    options: map("Options of the driver", { wire: "Options" }),
    uid: integer("Owner of the volume's directory", { wire: "UID" }),
    gid: integer("Group of the volume's directory", { wire: "GID" }),
    ignoreIfExists: toggle("Do not fail when the volume already exists", { wire: "IgnoreIfExists" }),
  },
  output: output<InspectVolume>(),
  kind: "value",
  errors: ["conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/volumes/create", status: 201, body: "*" },
});
