import { isEngineError } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";

export const existsCommand = defineCommand({
  paths: ["volume exists"],
  summary: "Tell by the exit status whether a volume exists",
  usage: "VOLUME",
  args: { min: 1, max: 1, completion: "volume" },
  flags: {},
  examples: ["podman volume exists myvol"],
  run: async (context, args) => {
    const engine = await context.engine();
    try {
      await engine.volume.exists({ ref: args[0] ?? "" });
      return 0;
    } catch (error) {
      if (isEngineError(error, "not-found")) return 1;
      throw error;
    }
  },
});
