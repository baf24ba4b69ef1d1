/** From argv to exit status: find the command, parse, check, run, report. */
import { isEngineError, messageOf } from "../base/errors.ts";
import type { EngineError } from "../base/errors.ts";
import { createContext, standardError, standardOutput } from "./context.ts";
import { exitStatusOf } from "./exit-codes.ts";
import { environmentOf, globalOptions, logLevelProblem, remoteDefaults, rootFlags } from "./globals.ts";
import { checkArguments, checkExclusive } from "./kit/check.ts";
import { emptyFlags, parseArguments, FlagSet } from "./kit/parse.ts";
import type { ParsedFlags } from "./kit/parse.ts";
import { flagSetOf, pathOf, traverse, withHelpHint } from "./kit/traverse.ts";
import type { Found, RootFlags } from "./kit/traverse.ts";
import { suggestionsFor } from "./kit/tree.ts";
import type { CommandNode } from "./kit/tree.ts";
import type { Command, CommandContext, GlobalOptions } from "./kit/types.ts";
import { usageError } from "./kit/usage-error.ts";
import { logger } from "./log.ts";
import { programTree } from "./program-tree.ts";
import { printError } from "./report-error.ts";

/** What Podman says before the error when no service answers. */
const cannotConnect = "Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`, or try `podman machine init` and `podman machine start` to manage a new Linux VM";

/** One run of the program: what the words on the command line mean. */
interface Session {
  readonly program: string;
  /** argv[0] as typed. */
  readonly calledAs: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly remotePersonality: boolean;
  readonly flags: RootFlags;
  readonly root: ParsedFlags;
  readonly tree: CommandNode;
}

/** Runs one command line and returns the exit status. Never throws. `program` is the name we were called by. */
export async function runProgram(program: string, argv: readonly string[], calledAs = program): Promise<number> {
  try {
    return await dispatch(openSession(program, argv, process.env, calledAs));
  } catch (error) {
    await printError(standardError(), error);
    return exitStatusOf(error);
  }
}

function openSession(program: string, argv: readonly string[], env: Session["env"], calledAs: string): Session {
  const remotePersonality = program.endsWith("-remote");
  const defaults = remoteDefaults(env);
  // Remote or local decides which commands and flags exist, and the flags that say so stand first.
  const early = remotePersonality || defaults.connected || argv.some((word) => /^(--remote|-r|--url|--connection|-c|--host|-H|--context)(=|$)/.test(word));
  const remote = early && isRemote(rootFlags(false, defaults), argv, env, remotePersonality);
  return { program, calledAs, argv, env, remotePersonality, flags: rootFlags(remote, defaults), root: emptyFlags(), tree: programTree(remote) };
}

/** Looks at the root's flags alone; mistakes in them are reported later, by the real parse. */
function isRemote(flags: RootFlags, argv: readonly string[], env: Session["env"], remotePersonality: boolean): boolean {
  const probe = emptyFlags();
  const set = new FlagSet().add(flags.local, probe).add(flags.persistent, probe);
  try {
    parseArguments(set, probe, argv, false);
    return globalOptions(probe, env, remotePersonality).remote;
  } catch {
    return remotePersonality;
  }
}

async function dispatch(session: Session): Promise<number> {
  const found = traverse(session.tree, session.flags, session.root, session.argv, session.program);
  return found.node.entry === undefined ? runGroup(session, found) : runCommand(session, found, found.node.entry);
}

/** The root, or a noun without a verb: help, version, or Podman's complaint about a missing or unknown command. */
async function runGroup(session: Session, { node, args }: Found): Promise<number> {
  const path = pathOf(session.program, node);
  const words = withHelpHint(path, () => parseArguments(flagSetOf(node, session.flags, session.root), session.root, args));
  if (wantsHelp(session.root)) return showHelp(session, node);
  if (node.path === "" && session.root.values.version === true) return showVersion(session.program);
  if (await refusesLogLevel(session)) return 1;
  await checkConfiguration(session);
  const [word] = words;
  if (word !== undefined) throw unknownCommand(node, path, word);
  await showHelp(session, node);
  throw usageError(`missing command '${path} COMMAND'`);
}

/** A configuration that cannot be read comes before a command that is missing or unknown. @throws with reason `configuration` */
async function checkConfiguration(session: Session): Promise<void> {
  const global = sessionGlobal(session);
  if (global.remote) return;
  (await import("../config/load.ts")).loadConfig(global, environmentOf(session.root, session.env));
}

/** Says what is wrong with --log-level or --debug, if anything. */
async function refusesLogLevel(session: Session): Promise<boolean> {
  const problem = logLevelProblem(session.root);
  if (problem !== undefined) await standardError().write(`${problem}\n`);
  return problem !== undefined;
}

const wantsHelp = (parsed: ParsedFlags): boolean => parsed.help || parsed.values.help === true;

function unknownCommand(node: CommandNode, path: string, word: string): EngineError {
  const suggestions = suggestionsFor(node, word);
  const message = `unrecognized command \`${path} ${word}\``;
  if (suggestions.length === 0) return usageError(message, `Try '${path} --help' for more information`);
  return usageError(`${message}\n\nDid you mean this?\n\t${suggestions.join("\n\t")}\n`, `Try '${path} --help' for more information`);
}

/** Writes the help of a node; `extra` is the loaded command where there is one. */
async function showHelp(session: Session, node: CommandNode, command?: Command): Promise<number> {
  const help = await import("./kit/help.ts");
  const out = standardOutput();
  if (node.path === "") await out.write(help.rootHelp(session.tree, { ...session.flags.local, ...session.flags.persistent }, session.program));
  else if (command === undefined) await out.write(help.groupHelp(node, session.program));
  else {
    const { withConfiguredDefaults } = await import("./kit/configured.ts");
    const global = sessionGlobal(session);
    const flags = global.remote ? command.flags : withConfiguredDefaults(command.flags, global, environmentOf(session.root, session.env));
    await out.write(help.commandHelp(node, { ...command, flags }, session.program, global.remote));
  }
  return 0;
}

async function showVersion(program: string): Promise<number> {
  const { podmanVersion } = await import("../contract/version.ts");
  await standardOutput().write(`${program} version ${podmanVersion}\n`);
  return 0;
}

const sessionGlobal = (session: Session): GlobalOptions => globalOptions(session.root, session.env, session.remotePersonality);

async function runCommand(session: Session, { node, args }: Found, entry: NonNullable<CommandNode["entry"]>): Promise<number> {
  // `podman --version ps`: cobra takes the command for the flag's value.
  if (session.root.values.version === true) return showVersion(session.program);
  const path = pathOf(session.program, node);
  const side = sessionGlobal(session).remote ? "remote" : "local";
  if (entry.where !== undefined && entry.where !== side) throw usageError(`cannot use command "${path}" with the ${side} podman client`);
  const command = await entry.load() as Command;
  const own = emptyFlags();
  const positionals = command.rawArguments === true ? args : withHelpHint(path, () => parseOwn(session, command, own, args, side));
  for (const notice of own.notices) await standardError().write(`${notice}\n`);
  if (wantsHelp(own) || wantsHelp(session.root)) return showHelp(session, node, command);
  if (await refusesLogLevel(session)) return 1;
  const global = sessionGlobal(session);
  const log = logger(global.logLevel);
  await log("info", `${session.program} filtering at log level ${global.logLevel}`);
  checkArguments(command.args, positionals, own.values, path);
  await log("trace", `global options: ${JSON.stringify(global)}`);
  await log("debug", `Called ${node.name}.PersistentPreRunE(${[session.program, ...session.argv].join(" ")})`);
  checkExclusive(command, own);
  const context = openContext(session, global, own);
  if (typeof context === "number") return context;
  try {
    return await command.run(context, positionals, own.values as never) ?? 0;
  } catch (error) {
    if (global.remote && isEngineError(error, "unavailable")) await standardError().write(`${cannotConnect}\n`);
    throw error;
  } finally {
    await log("debug", "Shutting down engines");
  }
}

function parseOwn(session: Session, command: Command, own: ParsedFlags, args: readonly string[], side: "local" | "remote"): readonly string[] {
  const usable = Object.fromEntries(Object.entries(command.flags).filter(([, flag]) => (flag.where ?? side) === side));
  const set = new FlagSet().add(usable, own).add(session.flags.persistent, session.root);
  return parseArguments(set, own, args, command.interspersed ?? true);
}

/** The context, or the exit status when standard output cannot be redirected. */
function openContext(session: Session, global: GlobalOptions, own: ParsedFlags): CommandContext | number {
  try {
    return createContext({ program: session.program, argv: [session.calledAs, ...session.argv], global, changed: own.changed, env: environmentOf(session.root, session.env) });
  } catch (error) {
    process.stderr.write(`unable to open file for standard output: ${messageOf(error)}\n`);
    return 1;
  }
}
