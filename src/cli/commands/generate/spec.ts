import { defineCommand } from "../../kit/types.ts";

export const generateSpecCommand = defineCommand({
  paths: ["generate spec"],
  summary: "Generate Specgen JSON based on containers or pods",
  description: "Writes the JSON with which the API would create the like of a container or pod.",
  usage: "[options] {CONTAINER|POD}",
  args: { min: 1, max: 1, completion: "container" },
  flags: {
    compact: { kind: "bool", name: "compact", short: "c", default: false, doc: "Print the json in a compact format for consumption" },
    filename: { kind: "string", name: "filename", short: "f", doc: "Write output to the specified path", completion: "file" },
    name: { kind: "bool", name: "name", short: "n", default: true, doc: "Specify a new name for the generated spec" },
  },
  where: "local",
  examples: ["podman generate spec ctrID"],
  run: async (context, args, flags) => {
    const { writeFileSync } = await import("node:fs");
    const spec = await (await context.engine()).container.spec({ ref: args[0] ?? "", rename: flags.name });
    const text = JSON.stringify(spec, undefined, flags.compact ? undefined : 1);
    if (flags.filename === undefined || flags.filename === "") { await context.out.write(`${text}\n`); return; }
    writeFileSync(flags.filename, text, { mode: 0o644 });
    await context.out.write(`${flags.filename}\n`);
  },
});
