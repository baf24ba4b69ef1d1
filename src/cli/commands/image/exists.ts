import { exists as operation } from "../../../contract/image/exists.ts";
import { isEngineError } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";

export const imageExistsCommand = defineCommand({
  paths: ["image exists"],
  summary: operation.summary,
  description: "The exit status is 0 when there is one and 1 when there is none.",
  usage: "IMAGE",
  args: { min: 1, max: 1, completion: "image" },
  flags: {},
  examples: ["podman image exists ID", "podman image exists IMAGE && podman pull IMAGE"],
  run: async (context, [ref = ""]) => {
    try { await (await context.engine()).image.exists({ ref }); return 0; } catch (error) {
      if (isEngineError(error, "not-found")) return 1;
      throw error;
    }
  },
});
