import { defineCommand } from "../../kit/types.ts";
import { filterFlag, latestFlag } from "../../target-flags.ts";

export const startCommand = defineCommand({
  paths: ["start", "container start"],
  summary: "Start containers",
  description: "Starts containers that were created or have stopped. With --attach, connects to one.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, completion: "container", check: (args, flags) => {
    const [all, attach, latest] = [flags["all"] === true, flags["attach"] === true, flags["latest"] === true];
    if (args.length === 0 && !latest && !all && !(Array.isArray(flags["filter"]) && flags["filter"].length > 0)) return "start requires at least one argument";
    if (all && latest) return "--all and --latest cannot be used together";
    if (args.length > 0 && latest) return "--latest and containers cannot be used together";
    if (args.length > 1 && attach) return "you cannot start and attach multiple containers at once";
    if (args.length > 0 && all) return "either start all containers or the container(s) provided in the arguments";
    return attach && all ? "you cannot start and attach all containers at once" : undefined;
  } },
  flags: {
    all: { kind: "bool", name: "all", default: false, doc: "Start every container, whatever its state" },
    attach: { kind: "bool", name: "attach", short: "a", default: false, doc: "Connect to the container's STDOUT and STDERR" },
    detachKeys: { kind: "string", name: "detach-keys", doc: "Keys that leave the container running and return" },
    ...filterFlag,
    interactive: { kind: "bool", name: "interactive", short: "i", default: false, doc: "Keep STDIN open even if not attached" },
    ...latestFlag,
    sigProxy: { kind: "bool", name: "sig-proxy", default: false, doc: "Hand signals on to the process (default true if attaching, false otherwise)" },
  },
  examples: ["podman start --latest", "podman start 860a4b231279 5421ab43b45", "podman start --interactive --attach imageID"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget, isUnchanged } = await import("../../targets.ts");
    const { usage } = await import("../../flag-values.ts");
    const { startError } = await import("../../start-error.ts");
    const sigProxy = context.changed("sig-proxy") ? flags.sigProxy : flags.attach || flags.interactive;
    if (flags.sigProxy && !flags.attach) throw usage("you cannot use sig-proxy without --attach: invalid argument");
    const engine = await context.engine();
    const targets = await containerTargets(context, args, flags, ["created", "initialized", "exited", "stopped", "configured"]);
    if (flags.attach) {
      const { startAttached } = await import("../../session/attach.ts");
      return startAttached(context, engine, targets[0] ?? "", { stdin: flags.interactive, sigProxy, detachKeys: flags.detachKeys });
    }
    return forEachTarget(context, targets, async (ref) => {
      await engine.container.start({ ref }).catch(isUnchanged).catch(async (error: unknown) => { throw await startError(engine, ref, error, JSON.stringify); });
      return ref;
    });
  },
});
