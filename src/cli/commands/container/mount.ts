import { optionalTargets } from "../../kit/rules.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const mountCommand = defineCommand({
  paths: ["mount", "container mount"],
  summary: "Mount a container's root file system and show where",
  description: "Mounts the root file systems of the containers and prints the paths; without containers, lists those that are mounted.",
  usage: "[options] [CONTAINER...]",
  args: { min: 0, completion: "container", check: optionalTargets },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Mount every container" },
    format: { kind: "string", name: "format", doc: "json for a JSON list", completion: ["json"] },
    ...latestFlag,
    notruncate: { kind: "bool", name: "notruncate", aliases: ["no-trunc"], default: false, doc: "Show whole IDs" },
  },
  where: "local",
  examples: ["podman mount", "podman mount ctrID", "podman mount --all"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget } = await import("../../targets.ts");
    const { usage } = await import("../../flag-values.ts");
    const { shortId } = await import("../../../base/ids.ts");
    if (flags.format !== undefined && flags.format !== "json") throw usage(`invalid --format: '${flags.format}'`);
    const engine = await context.engine();
    if (args.length > 0 || flags.latest) return forEachTarget(context, await containerTargets(context, args, flags), async (ref) => engine.container.mount({ ref }));
    if (flags.all) for (const ref of await containerTargets(context, [], flags)) await engine.container.mount({ ref });
    const mounts = Object.entries(await engine.container.mounts({}));
    if (flags.format === "json") {
      const names = new Map((await engine.container.list({ all: true })).map(({ Id, Names }) => [Id, Names]));
      await context.out.write(`${JSON.stringify(mounts.map(([id, mountpoint]) => ({ id, Names: names.get(id) ?? [], mountpoint })), undefined, 1)}\n`);
      return 0;
    }
    for (const [id, path] of mounts) await context.out.write(`${(flags.notruncate ? id : shortId(id)).padEnd(flags.notruncate ? 66 : 14)}${path}\n`);
    return 0;
  },
});
