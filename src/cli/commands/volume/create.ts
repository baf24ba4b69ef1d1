import { defineCommand } from "../../kit/types.ts";

export const createCommand = defineCommand({
  paths: ["volume create"],
  summary: "Make a volume",
  usage: "[options] [NAME]",
  args: { min: 0, max: 1, completion: "none" },
  flags: {
    driver: { kind: "string", name: "driver", short: "d", default: "local", doc: "Volume driver" },
    ignore: { kind: "bool", name: "ignore", default: false, doc: "A volume that exists already is no error" },
    label: { kind: "strings", name: "label", short: "l", doc: "Set a label (key=value)" },
    gid: { kind: "int", name: "gid", default: 0, doc: "Group of the volume's directory" },
    opt: { kind: "strings", name: "opt", short: "o", doc: "Option of the driver (type=, device=, o=)" },
    uid: { kind: "int", name: "uid", default: 0, doc: "Owner of the volume's directory" },
  },
  examples: ["podman volume create myvol", "podman volume create", "podman volume create --label foo=bar myvol", "podman volume create --uid 4321 --gid 1234 myvol"],
  run: async (context, args, flags) => {
    const { parseLabels } = await import("../../../formats/create/pairs.ts");
    const engine = await context.engine();
    const { Name } = await engine.volume.create({
      driver: flags.driver, labels: parseLabels(flags.label ?? []), options: parseLabels(flags.opt ?? []), ignoreIfExists: flags.ignore,
      ...(context.changed("uid") && { uid: flags.uid }), ...(context.changed("gid") && { gid: flags.gid }),
      ...(args[0] !== undefined && { name: args[0] }),
    });
    await context.out.write(`${Name}\n`);
  },
});
