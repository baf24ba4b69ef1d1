import { isEngineError } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";

export const secretExistsCommand = defineCommand({
  paths: ["secret exists"],
  summary: "Tell by the exit status whether a secret exists",
  usage: "SECRET",
  args: { min: 1, max: 1, completion: "secret" },
  flags: {},
  examples: ["podman secret exists mysecret"],
  run: async (context, [ref = ""]) => {
    const engine = await context.engine();
    try {
      await engine.secret.exists({ ref });
      return 0;
    } catch (error) {
      if (isEngineError(error, "not-found")) return 1;
      throw error;
    }
  },
});
