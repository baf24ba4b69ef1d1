import { defineCommand } from "../../kit/types.ts";

export const healNetworksCommand = defineCommand({
  paths: ["system heal-networks"],
  summary: "Make again what is missing of running containers' networks; started by the engine",
  usage: "",
  args: { min: 0, max: 0 },
  hidden: true,
  where: "local",
  flags: {},
  run: async ({ engine }) => { await (await engine()).network.heal({}); },
});
