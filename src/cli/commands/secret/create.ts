import { defineCommand } from "../../kit/types.ts";

export const createSecretCommand = defineCommand({
  paths: ["secret create"],
  summary: "Keep a secret for containers",
  description: "Keeps what a file, standard input (-) or an environment variable holds under a name that containers can use.",
  usage: "[options] NAME FILE|-",
  args: { min: 1, max: 2, completion: "file", check: (args, flags) => (args.length === 2 || flags["env"] === true ? undefined : "accepts 2 arg(s), received 1") },
  flags: {
    driver: { kind: "string", name: "driver", short: "d", default: "file", doc: "What keeps the secret", completion: ["file", "pass", "shell"] },
    driverOpts: { kind: "map", name: "driver-opts", doc: "Options of the driver (key=value,...)" },
    env: { kind: "bool", name: "env", default: false, doc: "Take the secret from the environment variable that the second argument, or else the name, names" },
    ignore: { kind: "bool", name: "ignore", default: false, doc: "Leave a secret of that name as it is" },
    label: { kind: "strings", name: "label", short: "l", doc: "Set a label (key=value)" },
    replace: { kind: "bool", name: "replace", default: false, doc: "Replace a secret of that name" },
  },
  examples: ["podman secret create mysecret /path/to/secret", "printf 'secretdata' | podman secret create my_secret -"],
  run: async (context, [name = "", source = name], flags) => {
    const { parseLabels } = await import("../../../formats/create/pairs.ts");
    const { secretBody } = await import("../../secret-body.ts");
    const engine = await context.engine();
    const { ID: id } = await engine.secret.create({
      name, ...(context.changed("driver") && { driver: flags.driver }), labels: parseLabels(flags.label ?? []), driverOptions: flags.driverOpts ?? {}, replace: flags.replace, ignore: flags.ignore,
    }, { body: secretBody(context, source, flags.env), signal: context.signal });
    await context.out.write(`${id}\n`);
  },
});
