/** All cases, made of the tables. */
import type { Args, Case } from "../types.ts";
import { commands, limits, network, plain, refused, running } from "./create-flags.ts";
import { scenarios } from "./scenarios.ts";

const words = (args: Args): string => args.join(" ");
/** The flag may give another name. */
const nameOf = (flags: Args): string => (flags[0] === "--name" ? flags[1] ?? "c" : "c");
const named = (flags: Args): Args => (flags.includes("--name") ? [] : ["--name", "c"]);

/** Made, shown, started, shown from inside, shown again. */
function life(flags: Args, base: Args, more: Partial<Case> = {}): Case {
  const name = nameOf(flags);
  // A given entry point is the shell already.
  const command = flags.includes("--entrypoint") ? (flags.includes("sh") ? ["-c", "{probe}"] : ["{probe}"]) : ["sh", "-c", "{probe}"];
  return {
    name: `create ${words(flags)}`.trim(), ...more,
    steps: [
      { args: ["create", ...named(flags), ...base, ...flags, "{image}", ...command] }, { args: ["inspect", name], json: true }, { args: ["start", "-a", name] },
      // What follows the end is done by then.
      { args: ["wait", "--condition", "exited", name], clean: true }, { args: ["inspect", name], json: true },
    ],
  };
}

const none: Args = ["--network", "none"];
export const cases: readonly Case[] = [
  ...plain.map((flags) => life(flags, none)),
  ...limits.map((flags) => life(flags, none)),
  ...network.map((flags) => life(flags, [], { alone: true })),
  ...refused.map((flags): Case => ({ name: `refused ${words(flags)}`, steps: [{ args: ["run", ...named(flags), ...(flags.some((word) => word.startsWith("--network") || word.startsWith("--ip") || word.startsWith("--publish") || word.startsWith("--dns")) ? [] : none), ...flags, "{image}", "true"] }] })),
  ...running.map(([flags, script]): Case => ({ name: `run ${words(flags)} : ${script}`, steps: [
    { args: ["run", "--name", "c", ...(flags.includes("--network") ? [] : none), ...flags, "{image}", "sh", "-c", script], stdin: "from stdin\n" }, { args: ["wait", "--ignore", "c"], clean: true },
    { args: ["ps", "-a", "--format", "{{.Names}} {{.State}} {{.ExitCode}}"] }, { args: ["logs", "c"] },
  ] })),
  ...commands.map((command): Case => ({ name: `command ${words(command)}`, steps: [{ args: ["run", "--name", "c", ...none, "{image}", ...command] }, { args: ["ps", "-a", "--format", "{{.Names}} {{.State}} {{.ExitCode}}"] }] })),
  ...scenarios,
];
