import { defineCommand } from "../../kit/types.ts";

export const reloadVolumesCommand = defineCommand({
  paths: ["volume reload"],
  summary: "Take over what volume plugins have",
  description: "Asks the configured volume plugins for their volumes: lists new ones here, and forgets those that are gone there.",
  usage: "",
  args: { min: 0, max: 0 },
  flags: {},
  where: "local",
  examples: ["podman volume reload"],
  run: async (context) => {
    const { Added, Removed, Errors } = await (await context.engine()).volume.reload({});
    for (const [title, names] of [["Added", Added], ["Removed", Removed]] as const) {
      if (names.length > 0) await context.out.write([`${title}:`, ...names, ""].join("\n"));
    }
    for (const error of Errors) await context.err.write(`Error: ${error}\n`);
    return Errors.length === 0 ? 0 : 125;
  },
});
