import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const waitCommand = defineCommand({
  paths: ["wait", "container wait"],
  summary: "Wait until containers end and print their exit status",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, completion: "container", check: (args, flags, path) => {
    if (flags["latest"] === true) return args.length > 0 ? "--latest and containers cannot be used together" : undefined;
    return args.length === 0 ? `"${path}" requires a name, id, or the "--latest" flag` : undefined;
  } },
  flags: {
    condition: { kind: "csv", name: "condition", doc: "State to wait for", completion: ["configured", "created", "exited", "healthy", "initialized", "paused", "removing", "running", "stopped", "stopping", "unhealthy"] },
    exitFirstMatch: { kind: "bool", name: "exit-first-match", default: false, doc: "Return as soon as one container matches" },
    ignore: { kind: "bool", name: "ignore", default: false, doc: "A container that does not exist counts as status -1" },
    interval: { kind: "string", name: "interval", short: "i", default: "250ms", doc: "Accepted for scripts: waiting here needs no polling" },
    ...latestFlag,
  },
  examples: ["podman wait --interval 5s ctrID", "podman wait ctrID1 ctrID2"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget, isMissing } = await import("../../targets.ts");
    const { parseDuration } = await import("../../../formats/create/size.ts");
    parseDuration(/^\d+$/.test(flags.interval) ? `${flags.interval}ms` : flags.interval);
    const engine = await context.engine();
    const targets = await containerTargets(context, args, flags);
    const one = async (ref: string): Promise<string> => {
      try {
        return String(await engine.container.wait({ ref, ...(flags.condition && { condition: flags.condition }) }, { signal: context.signal }));
      } catch (error) {
        if (flags.ignore && isMissing(error)) return "-1";
        throw error;
      }
    };
    if (flags.exitFirstMatch) {
      await context.out.write(`${await Promise.any(targets.map(one))}\n`);
      return 0;
    }
    return forEachTarget(context, targets, one, { parallel: targets.length, repeats: true });
  },
});
