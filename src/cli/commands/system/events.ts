import { defineCommand } from "../../kit/types.ts";

export const eventsCommand = defineCommand({
  paths: ["events", "system events"],
  summary: "Show what happens to containers, images, volumes and networks",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    filter: { kind: "strings", name: "filter", short: "f", doc: "Only those that match (name=value)" },
    format: { kind: "string", name: "format", doc: "`json` or a Go template" },
    noTrunc: { kind: "bool", name: "no-trunc", default: true, doc: "Show whole IDs" },
    since: { kind: "string", name: "since", doc: "Begin at this time or so long ago" },
    stream: { kind: "bool", name: "stream", default: true, doc: "Go on after the known events" },
    until: { kind: "string", name: "until", doc: "End at this time" },
  },
  examples: ["podman events", "podman events --filter event=create", "podman events --format {{.Image}}", "podman events --since 1h30s"],
  run: async (context, _args, flags) => (await import("../../list/events.ts")).showEvents(context, flags),
});
