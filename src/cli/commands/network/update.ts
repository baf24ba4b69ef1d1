import { update as operation } from "../../../contract/network/update.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkUpdate = defineCommand({
  paths: ["network update"],
  summary: operation.summary,
  usage: "[options] NETWORK",
  args: { min: 1, max: 1, completion: "network" },
  examples: ["podman network update podman1"],
  flags: {
    add: { name: "dns-add", kind: "csv", doc: "DNS servers for the network to use as well", completion: "none" },
    drop: { name: "dns-drop", kind: "csv", doc: "DNS servers for the network to use no more", completion: "none" },
  },
  run: async ({ engine, out }, [ref = ""], { add, drop }) => {
    await (await engine()).network.update({ ref, addDnsServers: add ?? [], removeDnsServers: drop ?? [] });
    await out.write(`${ref}\n`);
  },
});
