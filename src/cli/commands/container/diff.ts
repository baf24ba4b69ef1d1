import { someOrLatest } from "../../kit/rules.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

/** Of anything that has layers. */
export const diffCommand = defineCommand({
  paths: ["diff"],
  summary: "Show which files of a container or image have changed",
  usage: "[options] CONTAINER|IMAGE [CONTAINER|IMAGE]",
  args: { min: 0, max: 2, completion: "container", check: someOrLatest },
  flags: { format: { kind: "string", name: "format", doc: "json for a JSON object", completion: ["json"] }, ...latestFlag },
  examples: ["podman diff imageName", "podman diff ctrID", "podman diff --format json redis:alpine"],
  run: async (context, args, flags) => (await import("../../show-changes.ts")).runDiff(context, args, flags, "all"),
});

export const containerDiffCommand = defineCommand({
  paths: ["container diff"],
  summary: "Show which files of a container have changed",
  usage: "[options] CONTAINER [CONTAINER]",
  args: { min: 0, max: 2, completion: "container", check: someOrLatest },
  flags: { format: { kind: "string", name: "format", doc: "json for a JSON object", completion: ["json"] }, ...latestFlag },
  examples: ["podman container diff myCtr", "podman container diff -l --format json myCtr"],
  run: async (context, args, flags) => (await import("../../show-changes.ts")).runDiff(context, args, flags, "container"),
});
