import { inspectFromWire, inspectToWire } from "./inspect.wire.ts";
import { defineOperation, output, text, toggle } from "../kit.ts";
import type { InspectContainer } from "../types/container-inspect.ts";

export const inspect = defineOperation({
  name: "container.inspect",
  summary: "Show everything about a container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    size: toggle("Show the size too"),
  },
  output: output<InspectContainer>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/containers/{ref}/json", outputCodec: { toWire: inspectToWire, fromWire: inspectFromWire } },
});
