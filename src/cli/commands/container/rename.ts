import { rename as operation } from "../../../contract/container/rename.ts";
import { defineCommand } from "../../kit/types.ts";

export const rename = defineCommand({
  paths: ["rename", "container rename"],
  summary: operation.summary,
  description: "Gives a container another name. The old name is free at once.",
  usage: "CONTAINER NAME",
  args: { min: 2, max: 2, completion: "container" },
  flags: {},
  examples: ["podman rename old-name new-name"],
  run: async ({ engine }, [ref = "", name = ""]) => (await engine()).container.rename({ ref, name }),
});
