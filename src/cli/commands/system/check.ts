import { check as operation } from "../../../contract/system/check.ts";
import { defineCommand } from "../../kit/types.ts";

export const systemCheckCommand = defineCommand({
  paths: ["system check"],
  summary: operation.summary,
  description: "Compares records, data and files of layers, images and containers; damaged images can be removed, with --force damaged containers too.",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    force: { kind: "bool", name: "force", short: "f", default: false, field: operation.input.repairLossy },
    max: { kind: "string", name: "max", short: "m", default: "24h0m0s", placeholder: "duration", field: operation.input.unreferencedLayerMaximumAge },
    quick: { kind: "bool", name: "quick", short: "q", default: false, field: operation.input.quick },
    repair: { kind: "bool", name: "repair", short: "r", default: false, field: operation.input.repair },
  },
  examples: ["podman system check", "podman system check --quick", "podman system check --repair"],
  run: async (context, _args, flags) => (await import("../../list/check.ts")).checkStorage(context, flags),
});
