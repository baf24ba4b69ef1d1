import { remove as operation } from "../../../contract/network/remove.ts";
import { isEngineError, messageOf } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkRm = defineCommand({
  paths: ["network rm"],
  aliases: ["network remove"],
  summary: operation.summary,
  usage: "[options] NETWORK [NETWORK...]",
  args: { min: 1, completion: "network" },
  examples: ["podman network rm podman1"],
  flags: {
    force: { name: "force", short: "f", kind: "bool", default: false, doc: "Remove the containers that use it too" },
    time: { name: "time", short: "t", kind: "int", default: 10, field: operation.input.timeout, completion: "none" },
  },
  run: async (context, names, { force, time }) => {
    const { usageError } = await import("../../kit/usage-error.ts");
    if (context.changed("time") && !force) throw usageError("--force option must be specified to use the --time option");
    const engine = await context.engine();
    let status = 0;
    for (const ref of names) {
      try {
        await engine.network.remove({ ref, force, ...(context.changed("time") && { timeout: time }) });
        await context.out.write(`${ref}\n`);
      } catch (error) {
        if (force && isEngineError(error, "no-such-network")) continue;
        await context.err.write(`Error: ${messageOf(error)}\n`);
        // 1: not there, 2: in use, as podman-network-rm(1) says.
        status = isEngineError(error, "no-such-network") ? 1 : isEngineError(error, "network-in-use") ? 2 : 125;
      }
    }
    return status;
  },
});
