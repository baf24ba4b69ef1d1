import { list as operation } from "../../../contract/pod/list.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestPodFlag } from "../../pod-targets.ts";

export const podPs = defineCommand({
  paths: ["pod ps"],
  aliases: ["pod ls", "pod list"],
  summary: operation.summary,
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    ctrIds: { kind: "bool", name: "ctr-ids", default: false, doc: "Show the IDs of the containers" },
    ctrNames: { kind: "bool", name: "ctr-names", default: false, doc: "Show the names of the containers" },
    ctrStatus: { kind: "bool", name: "ctr-status", default: false, doc: "Show the states of the containers" },
    filter: { kind: "strings", name: "filter", short: "f", doc: "Only those that match (name=value)" },
    format: { kind: "string", name: "format", doc: "`json` or a Go template" },
    ...latestPodFlag,
    noTrunc: { kind: "bool", name: "no-trunc", default: false, doc: "Show whole IDs" },
    noheading: { kind: "bool", name: "noheading", short: "n", default: false, doc: "Leave out the headings" },
    ns: { kind: "bool", name: "ns", default: false, doc: "Show the cgroup and the namespaces" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show IDs only" },
    sort: { kind: "string", name: "sort", default: "created", doc: "Order by created, id, name, number or status", completion: ["created", "id", "name", "number", "status"] },
  },
  examples: ["podman pod ps", "podman pod ps --ctr-names", "podman pod ps --format json"],
  run: async (context, _args, flags) => (await import("../../list/pods.ts")).listPods(context, flags),
});
