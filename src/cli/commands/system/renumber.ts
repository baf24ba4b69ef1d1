import { defineCommand } from "../../kit/types.ts";

export const renumberCommand = defineCommand({
  paths: ["system renumber"],
  summary: "Accepted for compatibility: locks have no numbers",
  description: "Podman numbers its locks and must give new numbers when their count changes. Here a lock belongs to a container's id, so nothing is to be done.",
  usage: "",
  args: { min: 0, max: 0 },
  where: "local",
  examples: ["podman system renumber"],
  flags: {},
  run: async (context) => {
    await context.engine();
    return 0;
  },
});
