import { history as operation } from "../../../contract/image/history.ts";
import { defineCommand } from "../../kit/types.ts";

export const historyCommand = defineCommand({
  paths: ["history", "image history"],
  summary: operation.summary,
  description: "One line per step of the build, newest first.",
  usage: "[options] IMAGE",
  args: { min: 1, max: 1, completion: "image" },
  flags: {
    format: { kind: "string", name: "format", doc: "Print as json or by a Go template" },
    human: { kind: "bool", name: "human", short: "H", default: true, doc: "Print sizes and times for people" },
    noTrunc: { kind: "bool", name: "no-trunc", default: false, doc: "Show whole ids and commands" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Print ids only" },
  },
  examples: ["podman history quay.io/fedora/fedora"],
  run: async (context, [ref = ""], flags) => (await import("../../image/history.ts")).showHistory(context, ref, flags),
});
