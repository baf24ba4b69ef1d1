import { defineCommand } from "../../kit/types.ts";

const shells = ["bash", "zsh", "fish", "powershell"] as const;

export const completion = defineCommand({
  paths: ["completion"],
  summary: "Generate shell autocompletions",
  description: "Writes the script that completes words on the command line of bash, zsh, fish or PowerShell.",
  usage: "[options] {bash|zsh|fish|powershell}",
  args: {
    min: 1, max: 1, completion: shells,
    check: (args, _flags, path) => (args.length === 1 && !shells.some((shell) => shell === args[0]) ? `invalid argument "${args[0]}" for "${path}"` : undefined),
  },
  flags: {
    file: { kind: "string", name: "file", short: "f", doc: "Write to this file instead of standard output", completion: "file" },
    noDescriptions: { kind: "bool", name: "no-desc", doc: "Complete without descriptions" },
  },
  examples: ["podman completion bash", "podman completion zsh -f _podman", "podman completion fish --no-desc"],
  hidden: true,
  run: async (context, [shell = ""], { file, noDescriptions }) => {
    const { completionScript } = await import("../../complete/scripts.ts");
    const text = completionScript(shell, context.program, noDescriptions === true);
    if (file === undefined || file === "") { await context.out.write(text); return; }
    const { fileWriter } = await import("../../writer.ts");
    const writer = fileWriter(file);
    try { await writer.write(text); } finally { writer.close(); }
  },
});
