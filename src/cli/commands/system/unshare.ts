import { defineCommand } from "../../kit/types.ts";

export const unshareCommand = defineCommand({
  paths: ["unshare"],
  summary: "Run a command as root of the user's namespace",
  description: "Runs a command, or a shell, with the user and group IDs that containers of this user see.",
  usage: "[COMMAND [ARG...]]",
  args: { min: 0 },
  interspersed: false,
  where: "local",
  examples: ["podman unshare id", "podman unshare cat /proc/self/uid_map", "podman unshare podman-script.sh"],
  flags: {},
  partly: "--rootless-netns is missing",
  run: async ({ env, global }, args) => {
    const { runUnshared } = await import("../../../procs/unshare.ts");
    return runUnshared(args, global, env);
  },
});
