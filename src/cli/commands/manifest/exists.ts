import { isEngineError } from "../../../base/errors.ts";
import { exists as operation } from "../../../contract/manifest/exists.ts";
import { defineCommand } from "../../kit/types.ts";

export const manifestExistsCommand = defineCommand({
  paths: ["manifest exists"],
  summary: operation.summary,
  usage: "MANIFEST",
  args: { min: 1, max: 1, completion: "image" },
  flags: {},
  examples: ["podman manifest exists mylist"],
  run: async (context, [name = ""]) => {
    const { manifest } = await context.engine();
    try { await manifest.exists({ name }); return 0; } catch (error) {
      if (isEngineError(error, "not-found")) return 1;
      throw error;
    }
  },
});
