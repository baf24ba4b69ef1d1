import { defineCommand } from "../../kit/types.ts";
import type { Command, CommandContext } from "../../kit/types.ts";

export const help = defineCommand({
  paths: ["help"],
  summary: "Help about any command",
  usage: "[command]",
  args: { min: 0 },
  flags: {},
  run: async (context, words) => {
    const { programTree } = await import("../../program-tree.ts");
    const { childOf } = await import("../../kit/tree.ts");
    const tree = programTree(context.isRemote);
    let node = tree;
    for (const word of words) {
      const child = childOf(node, word);
      if (child === undefined) break;
      node = child;
    }
    if (node === tree && words.length > 0) return unknownTopic(context, words);
    const { commandHelp, groupHelp, rootHelp } = await import("../../kit/help.ts");
    if (node === tree) await context.out.write(rootHelp(tree, await rootFlagTable(context), context.program));
    else if (node.entry === undefined) await context.out.write(groupHelp(node, context.program));
    else await context.out.write(commandHelp(node, await node.entry.load() as Command, context.program, context.isRemote));
    return 0;
  },
});

async function unknownTopic(context: CommandContext, words: readonly string[]): Promise<number> {
  const { rootUsage } = await import("../../kit/help.ts");
  const { programTree } = await import("../../program-tree.ts");
  const usage = rootUsage(programTree(context.isRemote), await rootFlagTable(context), context.program);
  await context.err.write(`Unknown help topic [${words.map((word) => `\`${word}\``).join(" ")}]\n${usage}`);
  return 0;
}

async function rootFlagTable(context: CommandContext) {
  const { remoteDefaults, rootFlags } = await import("../../globals.ts");
  const defaults = remoteDefaults(context.env);
  const { local, persistent } = rootFlags(context.isRemote, defaults);
  return { ...local, ...persistent };
}
