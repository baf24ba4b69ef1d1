import { disconnect as operation } from "../../../contract/network/disconnect.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkDisconnect = defineCommand({
  paths: ["network disconnect"],
  summary: operation.summary,
  description: "Remove container from a network",
  usage: "[options] NETWORK CONTAINER",
  args: { min: 2, max: 2, completion: "network" },
  examples: ["podman network disconnect web secondary"],
  flags: { force: { name: "force", short: "f", kind: "bool", default: false, doc: "Disconnect even when the container gives trouble" } },
  run: async ({ engine }, [ref = "", container = ""], { force }) => (await engine()).network.disconnect({ ref, container, force }),
});
