import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const psCommand = defineCommand({
  paths: ["ps", "container list", "container ps"],
  aliases: ["container ls"],
  summary: "List containers",
  description: "Lists the containers that run, or with --all every container.",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Show every container, not only those that run" },
    external: { kind: "bool", name: "external", default: false, doc: "Show containers of other tools in the storage too" },
    filter: { kind: "strings", name: "filter", short: "f", doc: "Only those that match (name=value)" },
    format: { kind: "string", name: "format", doc: "`json` or a Go template" },
    last: { kind: "int", name: "last", short: "n", default: -1, doc: "Show so many of the newest, whatever their state" },
    ...latestFlag,
    noTrunc: { kind: "bool", name: "no-trunc", aliases: ["notruncate"], default: false, doc: "Do not shorten IDs and commands" },
    noheading: { kind: "bool", name: "noheading", default: false, doc: "Leave out the headings" },
    ns: { kind: "bool", name: "ns", aliases: ["namespace"], default: false, doc: "Show the namespaces" },
    pod: { kind: "bool", name: "pod", short: "p", default: false, doc: "Show the pod of each container" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show IDs only" },
    size: { kind: "bool", name: "size", short: "s", default: false, doc: "Show the sizes" },
    sort: { kind: "string", name: "sort", placeholder: "choice", choices: ["command", "created", "id", "image", "names", "runningfor", "size", "status"], doc: "Sort by: command, created, id, image, names, runningfor, size, status", completion: ["command", "created", "id", "image", "names", "runningfor", "size", "status"] },
    sync: { kind: "bool", name: "sync", default: false, doc: "Ask the OCI runtime for each state first" },
    watch: { kind: "uint", name: "watch", short: "w", default: 0, doc: "Show the list again every so many seconds" },
  },
  examples: ["podman ps -a", "podman ps -a --format \"{{.ID}}  {{.Image}}  {{.Labels}}  {{.Mounts}}\"", "podman ps --size --sort names"],
  run: async (context, _args, flags) => (await import("../../list/ps.ts")).listContainers(context, flags),
});
