import { defineCommand } from "../../kit/types.ts";
import { latestPodFlag } from "../../pod-targets.ts";
import { logFlags } from "../../session/log-flags.ts";

export const podLogs = defineCommand({
  paths: ["pod logs"],
  summary: "Fetch logs for pod with one or more containers",
  description: "Shows what the containers of a pod have written, and with --follow what they go on to write. Containers that come later are not followed.",
  usage: "[options] POD",
  args: { min: 0, completion: "pod", check: (args, flags) => {
    if (args.length > 1) return "requires exactly 1 arg";
    if (args.length > 0 && flags["latest"] === true) return "--latest and pods cannot be used together";
    return args.length === 0 && flags["latest"] !== true ? "specify at least one pod name or ID to log" : undefined;
  } },
  flags: {
    ...logFlags,
    container: { kind: "string", name: "container", short: "c", doc: "Only of this container of the pod, by name or whole ID", completion: "container" },
    ...latestPodFlag,
  },
  examples: ["podman pod logs podID", "podman pod logs -c ctrname podName", "podman pod logs --tail 2 mywebserver", "podman pod logs --follow=true --since 10m podID"],
  run: async (context, args, flags) => (await import("../../session/logs.ts")).showPodLogs(context, args, flags),
});
