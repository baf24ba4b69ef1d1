import { defineCommand } from "../../kit/types.ts";

export const exportVolumeCommand = defineCommand({
  paths: ["volume export"],
  summary: "Write what is in a volume as a tar archive",
  usage: "[options] VOLUME",
  args: { min: 1, max: 1, completion: "volume" },
  flags: { output: { kind: "string", name: "output", short: "o", doc: "File to write, instead of STDOUT", completion: "file" } },
  examples: ["podman volume export myvol --output myvol.tar"],
  run: async (context, args, flags) => {
    const { usage } = await import("../../flag-values.ts");
    const { writeFileAtomically } = await import("../../write-file.ts");
    if (flags.output === undefined && context.out.isTerminal) throw usage("cannot write to terminal, use command-line redirection or the --output flag");
    const engine = await context.engine();
    const ref = args[0] ?? "";
    // Before a file is made: a volume that is not there leaves none.
    await engine.volume.inspect({ ref });
    const bytes = engine.volume.export({ ref }, { signal: context.signal });
    if (flags.output !== undefined) return writeFileAtomically(flags.output, bytes);
    for await (const chunk of bytes) await context.out.write(chunk);
    return undefined;
  },
});
