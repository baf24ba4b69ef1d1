import { exists as operation } from "../../../contract/network/exists.ts";
import { isEngineError } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkExists = defineCommand({
  paths: ["network exists"],
  summary: operation.summary,
  description: "The exit status is 0 when there is a network of that name, 1 when there is none.",
  usage: "NETWORK",
  args: { min: 1, max: 1, completion: "network" },
  examples: ["podman network exists net1"],
  flags: {},
  run: async ({ engine }, [ref = ""]) => {
    try { await (await engine()).network.exists({ ref }); } catch (error) {
      if (isEngineError(error, "not-found")) return 1;
      throw error;
    }
  },
});
