/** cobra's TraverseChildren: walks from the root to the command, each level parsing the flags that stand before its child. */
import { isEngineError } from "../../base/errors.ts";
import { FlagSet, bareValue, parseArguments } from "./parse.ts";
import type { ParsedFlags } from "./parse.ts";
import { childOf } from "./tree.ts";
import type { CommandNode } from "./tree.ts";
import type { Flags } from "./types.ts";
import { usageError } from "./usage-error.ts";

export interface RootFlags {
  /** Known to the root command only (`--remote`, `--url`). */
  readonly local: Flags;
  /** Known to every command (`--root`, `--log-level`). */
  readonly persistent: Flags;
}
export interface Found { readonly node: CommandNode; readonly args: readonly string[] }

/** Finds the command and sets `root` from the flags before it. @throws invalid-argument/usage */
export function traverse(tree: CommandNode, flags: RootFlags, root: ParsedFlags, argv: readonly string[], program: string): Found {
  let node = tree;
  let args = argv;
  for (;;) {
    const set = flagSetOf(node, flags, root);
    const at = positionOfWord(set, args);
    const child = at === -1 ? undefined : childOf(node, args[at] ?? "");
    if (child === undefined) return { node, args };
    withHelpHint(pathOf(program, node), () => parseArguments(set, root, args.slice(0, at)));
    node = child;
    args = args.slice(at + 1);
    if (child.entry !== undefined) return { node, args };
  }
}

export const pathOf = (program: string, node: CommandNode): string => (node.path === "" ? program : `${program} ${node.path}`);

/** The flags that the root or a group knows. */
export function flagSetOf(node: CommandNode, flags: RootFlags, root: ParsedFlags): FlagSet {
  const set = new FlagSet();
  return (node.path === "" ? set.add(flags.local, root) : set).add(flags.persistent, root);
}

/** Index of the first word that is neither a flag nor a flag's value; cobra guesses the same way. */
function positionOfWord(set: FlagSet, args: readonly string[]): number {
  let valueNext = false;
  for (const [at, word] of args.entries()) {
    if (word.startsWith("--") && !word.includes("=")) valueNext = needsValue(set.long(word.slice(2)));
    else if (word.length === 2 && word.startsWith("-") && needsValue(set.short(word.slice(1)))) valueNext = true;
    else if (valueNext) valueNext = false;
    else if (!/^(--.|-[^-])/s.test(word)) return at;
  }
  return -1;
}

function needsValue(known: ReturnType<FlagSet["long"]>): boolean {
  return known === undefined || bareValue(known.flag) === undefined;
}

/** Adds Podman's pointer to the help of the command whose flags were wrong. */
export function withHelpHint<T>(commandPath: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (isEngineError(error, "usage") && error.hint === undefined) throw usageError(error.message, `See '${commandPath} --help'`);
    throw error;
  }
}
