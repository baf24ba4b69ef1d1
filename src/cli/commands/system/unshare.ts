import { defineCommand } from "../../kit/types.ts";

export const unshareCommand = defineCommand({
  paths: ["unshare"],
  summary: "Run a command as root of the user's namespace",
  description: "Runs a command, or a shell, with the user and group IDs that containers of this user see.",
  usage: "[options] [COMMAND [ARG...]]",
  args: { min: 0 },
  interspersed: false,
  where: "local",
  examples: ["podman unshare id", "podman unshare cat /proc/self/uid_map", "podman unshare podman-script.sh"],
  flags: {
    rootlessNetns: { kind: "bool", name: "rootless-netns", aliases: ["rootless-cni"], default: false, doc: "Join the network namespace of the user's bridge networks" },
  },
  run: async ({ env, global }, args, flags) => {
    const { runUnshared } = await import("../../../procs/unshare.ts");
    return runUnshared(args, global, env, flags.rootlessNetns);
  },
});
