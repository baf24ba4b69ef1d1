import { defineCommand } from "../../kit/types.ts";

export const removeSecretCommand = defineCommand({
  paths: ["secret rm"],
  summary: "Remove secrets",
  description: "Removes secrets. Containers that have one keep their copy.",
  usage: "[options] SECRET [SECRET...]",
  args: { min: 0, completion: "secret", check: (args, flags) => {
    if (args.length > 0 && flags["all"] === true) return "`podman secret rm` takes no arguments with --all";
    return args.length === 0 && flags["all"] !== true ? "`podman secret rm` requires at least one argument, or the --all flag" : undefined;
  } },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Remove every secret" },
    ignore: { kind: "bool", name: "ignore", short: "i", default: false, doc: "A secret that does not exist is no error" },
  },
  examples: ["podman secret rm mysecret1 mysecret2"],
  run: async (context, args, flags) => {
    const { isEngineError } = await import("../../../base/errors.ts");
    const { forEachTarget } = await import("../../targets.ts");
    const engine = await context.engine();
    const targets = flags.all ? (await engine.secret.list({})).map(({ ID }) => ID) : args;
    const remove = async (ref: string): Promise<string> => {
      const { ID: id } = await engine.secret.inspect({ ref });
      await engine.secret.remove({ ref: id });
      return id;
    };
    return forEachTarget(context, targets, remove, { tolerate: (error) => flags.ignore && isEngineError(error, "no-such-secret") });
  },
});
