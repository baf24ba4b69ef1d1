import { defineCommand } from "../../kit/types.ts";

export const exportCommand = defineCommand({
  paths: ["export", "container export"],
  summary: "Write a container's files as a tar archive",
  description: "Writes the whole root file system of a container as a tar archive, without volumes.",
  usage: "[options] CONTAINER",
  args: { min: 1, max: 1, completion: "container" },
  flags: { output: { kind: "string", name: "output", short: "o", doc: "File to write, instead of STDOUT", completion: "file" } },
  examples: ["podman export ctrID > myCtr.tar", "podman export --output=\"myCtr.tar\" ctrID"],
  run: async (context, args, flags) => {
    const { usage } = await import("../../flag-values.ts");
    const { writeFileAtomically } = await import("../../write-file.ts");
    const engine = await context.engine();
    if (flags.output === undefined && context.out.isTerminal) throw usage("refusing to export to terminal. Use -o flag or redirect");
    if (flags.output?.includes(":") === true) throw usage(`invalid filename (should not contain ':') "${flags.output}"`);
    const bytes = engine.container.export({ ref: (args[0] ?? "").replace(/^\//, "") }, { signal: context.signal });
    if (flags.output !== undefined) return writeFileAtomically(flags.output, bytes);
    for await (const chunk of bytes) await context.out.write(chunk);
    return undefined;
  },
});
