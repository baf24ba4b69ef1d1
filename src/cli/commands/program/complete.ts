import { defineCommand } from "../../kit/types.ts";

/** What the completion scripts call: the words typed so far; candidates on standard output, then `:<directive>`. */
export const complete = defineCommand({
  paths: ["__complete", "__completeNoDesc"],
  summary: "Request shell completion choices for the specified command-line",
  usage: "[command-line]",
  args: { min: 1 },
  flags: {},
  hidden: true,
  rawArguments: true,
  run: async (context, words) => {
    const { completeLine } = await import("../../complete/line.ts");
    const { directiveNames } = await import("../../complete/protocol.ts");
    const plain = context.argv.includes("__completeNoDesc");
    const { candidates, directive } = await completeLine(context, words);
    const lines = candidates.map(({ value, doc }) => `${value}${plain || doc === undefined || doc === "" ? "" : `\t${doc.split("\n")[0]}`}\n`);
    await context.out.write(`${lines.join("")}:${directive}\n`);
    await context.err.write(`Completion ended with directive: ${directiveNames(directive)}\n`);
  },
});
