/** What could stand at the end of a command line: cobra's `__complete` protocol. */
import type { Completion } from "../../contract/kit.ts";
import { remoteDefaults, rootFlags } from "../globals.ts";
import { docOf, visibleFlags } from "../kit/help.ts";
import { FlagSet, bareValue, emptyFlags, parseArguments } from "../kit/parse.ts";
import { traverse } from "../kit/traverse.ts";
import type { RootFlags } from "../kit/traverse.ts";
import { listedChildren } from "../kit/tree.ts";
import type { CommandNode } from "../kit/tree.ts";
import type { Command, CommandContext, Flag, Flags } from "../kit/types.ts";
import { programTree } from "../program-tree.ts";
import { candidatesFor } from "./candidates.ts";
import { directives } from "./protocol.ts";
import type { CompletionResult } from "./protocol.ts";

const nothing: CompletionResult = { candidates: [], directive: directives.noFiles };

/** Candidates for the last of `words`. Never throws for a half-typed line: then there are none. */
export async function completeLine(context: CommandContext, words: readonly string[]): Promise<CompletionResult> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const defaults = remoteDefaults(context.env);
  const root = rootFlags(context.isRemote, defaults);
  const parsed = emptyFlags();
  let found;
  try {
    found = traverse(programTree(context.isRemote), root, parsed, before, context.program);
  } catch { return { candidates: [], directive: directives.default }; }
  const { node, args } = found;
  if (node.entry === undefined) return completeGroup(context, node, args, typed, root);
  return completeCommand(context, await node.entry.load() as Command, args, typed, root);
}

async function completeGroup(context: CommandContext, node: CommandNode, args: readonly string[], typed: string, root: RootFlags): Promise<CompletionResult> {
  const flags = node.path === "" ? { ...root.local, ...root.persistent } : root.persistent;
  const flag = await completeFlag(context, flags, args, typed, true);
  if (flag !== undefined) return flag;
  if (args.some((word) => !word.startsWith("-"))) return { candidates: [], directive: directives.default };
  const candidates = listedChildren(node).filter(({ name }) => name.startsWith(typed)).map(({ name, summary }) => ({ value: name, doc: summary }));
  return { candidates, directive: directives.noFiles };
}

async function completeCommand(context: CommandContext, command: Command, args: readonly string[], typed: string, root: RootFlags): Promise<CompletionResult> {
  const own = visibleFlags(command.flags, context.isRemote);
  const all = { ...root.persistent, ...command.flags };
  const { positionals, open } = positionalsBefore(all, args, command.interspersed ?? true);
  if (open) {
    const flag = await completeFlag(context, all, args, typed, false, own);
    if (flag !== undefined) return flag;
  }
  const kinds = kindsOfPositional(command, positionals.length);
  if (kinds === "copyEnd") return (await import("./paths.ts")).copyEnds(context, typed);
  if (kinds === "imagePath") return (await import("./paths.ts")).imagePaths(context, positionals[0] ?? "", typed);
  const answers = await Promise.all(kinds.map(async (kind) => candidatesFor(context, kind, typed, positionals)));
  return { candidates: answers.flatMap(({ candidates }) => candidates), directive: answers[0]?.directive ?? directives.noFiles };
}

/** The positionals typed so far, and whether flags may still come. A half-typed flag does not matter here. */
function positionalsBefore(flags: Flags, args: readonly string[], interspersed: boolean): { readonly positionals: readonly string[]; readonly open: boolean } {
  const parsed = emptyFlags();
  const set = new FlagSet().add(flags, parsed);
  const attempt = (line: readonly string[]): readonly string[] | undefined => {
    try { return parseArguments(set, parsed, line, interspersed); } catch { return undefined; }
  };
  const positionals = attempt(args) ?? attempt(args.slice(0, -1)) ?? [];
  return { positionals, open: !args.includes("--") && (interspersed || positionals.length === 0) };
}

/** Completes a flag's name or value; undefined when the last word is neither. `listed` narrows which names are offered. */
async function completeFlag(context: CommandContext, flags: Flags, args: readonly string[], typed: string, persistent: boolean, listed: Flags = flags): Promise<CompletionResult | undefined> {
  const attached = /^(--[^=]+)=(.*)$/s.exec(typed);
  if (attached?.[1] !== undefined) {
    const flag = findFlag(flags, attached[1]);
    return flag === undefined ? nothing : valueOf(context, flag, attached[2] ?? "");
  }
  const previous = args.at(-1);
  const pending = previous === undefined ? undefined : findFlag(flags, previous);
  if (pending !== undefined && bareValue(pending) === undefined) return valueOf(context, pending, typed);
  if (!typed.startsWith("-")) return undefined;
  const shown = Object.values(listed).filter((flag) => flag.hidden !== true && (persistent || flag.name !== "help")).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const candidates = shown.flatMap((flag) => [`--${flag.name}`, ...(typed === "-" && flag.short !== undefined ? [`-${flag.short}`] : [])]
    .filter((value) => value.startsWith(typed)).map((value) => ({ value, doc: docOf(flag) })));
  return { candidates, directive: directives.noFiles };
}

/** `--name`, `-n` or a cluster that ends in it. */
function findFlag(flags: Flags, word: string): Flag | undefined {
  const all = Object.values(flags);
  if (word.startsWith("--")) return all.find((flag) => flag.name === word.slice(2) || flag.aliases?.includes(word.slice(2)) === true);
  return /^-[^-]/.test(word) ? all.find((flag) => flag.short === word.at(-1)) : undefined;
}

async function valueOf(context: CommandContext, flag: Flag, typed: string): Promise<CompletionResult> {
  const kind = flag.choices ?? flag.completion ?? flag.field?.completion ?? "none";
  return candidatesFor(context, kind, typed, []);
}

/** Positionals know two kinds more than flags: an end of `cp`, and a path in the image that stands before. */
type Positional = readonly Completion[] | "copyEnd" | "imagePath";

const nouns: readonly (readonly [RegExp, Completion])[] = [
  [/CONTAINER/, "container"], [/IMAGE/, "image"], [/VOLUME/, "volume"], [/NETWORK/, "network"], [/POD/, "pod"], [/SECRET/, "secret"], [/REGISTRY/, "registry"],
  [/CONTEXT|PATH|FILE|COMMAND|ARG\.\.\.|URI/, "file"],
];

/** What the usage line names at this position: `[options] CONTAINER NAME` has a container first and nothing to offer second; `CONTAINER|IMAGE` is either. */
function kindsOfPositional(command: Command, position: number): Positional {
  if (position >= (command.args.max ?? Infinity)) return [];
  const words = command.usage.split(" ").filter((word) => word !== "" && word !== "[options]");
  const word = words[Math.min(position, words.length - 1)] ?? "";
  if (position >= words.length && !word.includes("...")) return [];
  if (word.startsWith("[CONTAINER:]")) return "copyEnd";
  if (words[0] === "IMAGE" && /COMMAND|ARG/.test(word)) return "imagePath";
  const known = nouns.filter(([pattern]) => pattern.test(word)).map(([, kind]) => kind);
  const objects = known.filter((kind) => kind !== "file");
  if (known.length > 0) return objects.length > 0 ? objects : known;
  return typeof command.args.completion === "object" ? [command.args.completion] : [];
}
