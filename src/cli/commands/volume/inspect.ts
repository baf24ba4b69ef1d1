import { defineCommand } from "../../kit/types.ts";

export const inspectVolumeCommand = defineCommand({
  paths: ["volume inspect"],
  summary: "Show everything about volumes",
  usage: "[options] VOLUME [VOLUME...]",
  args: { min: 0, completion: "volume", check: (args, flags) => (args.length > 0) === (flags["all"] === true) ? "provide one or more volume names or use --all" : undefined },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Show every volume" },
    format: { kind: "string", name: "format", short: "f", doc: "`json` or a Go template" },
  },
  examples: ["podman volume inspect myvol", "podman volume inspect --all", "podman volume inspect --format \"{{.Driver}} {{.Scope}}\" myvol"],
  run: async (context, args, flags) => {
    const { inspectObjects } = await import("../../list/inspect.ts");
    const engine = await context.engine();
    const names = flags.all ? (await engine.volume.list({})).map(({ Name }) => Name) : args;
    if (names.length === 0) { await context.out.write("[]\n"); return 0; }
    return inspectObjects(context, names, { format: flags.format, type: "volume", size: false, latest: false });
  },
});
