/** The command tree, derived from the generated index: which words are commands, groups or aliases. */
import type { CommandEntry, CommandGroup } from "./types.ts";

export interface CommandNode {
  /** Words below the program name; empty for the root. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly hidden: boolean;
  /** Present for a command that runs; absent for a group. */
  readonly entry?: CommandEntry;
  /** Other names below the same parent, without the path. */
  readonly aliases: string[];
  readonly children: Map<string, CommandNode>;
  /** Finds a child by name or alias without making the others. */
  readonly find?: (word: string) => CommandNode | undefined;
}

export type Groups = Readonly<Record<string, CommandGroup>>;

/**
 * The tree; groups without a command below them are left out. `remote` hides and local hides what belongs to the other. It is built
 * when help or a complaint needs it: to run a command the way to it is enough, and 150 nodes take 5 ms at every start.
 */
export function buildTree(entries: readonly CommandEntry[], groups: Groups, remote: boolean): CommandNode {
  let root: CommandNode | undefined;
  const built = (path: string): CommandNode => path.split(" ").reduce((node, word) => node.children.get(word) ?? node, root ??= buildAll(entries, groups, remote));
  const lazy = (path: string, facts: Pick<CommandNode, "summary" | "hidden" | "description" | "entry">): CommandNode => ({
    path, name: path.slice(path.lastIndexOf(" ") + 1), ...facts,
    get aliases() { return built(path).aliases; },
    get children() { return built(path).children; },
    find: (word) => step(path, word),
  });
  const step = (from: string, word: string): CommandNode | undefined => {
    const path = from === "" ? word : `${from} ${word}`;
    const entry = entries.find(({ paths }) => paths.includes(path));
    if (entry !== undefined) return lazy(path, { summary: entry.summary, hidden: isHidden(entry, remote), entry });
    const group = groups[path];
    if (group !== undefined && entries.some(({ paths }) => paths.some((one) => one.startsWith(`${path} `)))) {
      return lazy(path, { summary: group.summary, description: group.description ?? group.summary, hidden: group.hidden === true });
    }
    return childOf(built(from), word);
  };
  return lazy("", { summary: "", hidden: false });
}

const isHidden = ({ hidden, where }: CommandEntry, remote: boolean): boolean => hidden === true || (where !== undefined && where !== (remote ? "remote" : "local"));

function buildAll(entries: readonly CommandEntry[], groups: Groups, remote: boolean): CommandNode {
  const root: CommandNode = { path: "", name: "", summary: "", hidden: false, aliases: [], children: new Map() };
  for (const entry of entries) {
    const hidden = isHidden(entry, remote);
    for (const path of entry.paths) {
      const [parent, name] = parentOf(root, path, groups);
      parent.children.set(name, { path, name, summary: entry.summary, hidden, entry, aliases: [], children: new Map() });
    }
  }
  for (const entry of entries) for (const alias of entry.aliases ?? []) addAlias(root, entry, alias, groups);
  return root;
}

function parentOf(root: CommandNode, path: string, groups: Groups): readonly [CommandNode, string] {
  const words = path.split(" ");
  let node = root;
  for (let depth = 1; depth < words.length; depth++) node = groupNode(node, words.slice(0, depth).join(" "), groups);
  return [node, words.at(-1) ?? ""];
}

function groupNode(parent: CommandNode, path: string, groups: Groups): CommandNode {
  const name = path.slice(path.lastIndexOf(" ") + 1);
  const known = parent.children.get(name);
  if (known !== undefined) return known;
  const group = groups[path];
  const node: CommandNode = {
    path, name, summary: group?.summary ?? "", description: group?.description ?? group?.summary ?? "",
    hidden: group?.hidden === true, aliases: [...(group?.aliases ?? [])], children: new Map(),
  };
  parent.children.set(name, node);
  return node;
}

function addAlias(root: CommandNode, entry: CommandEntry, alias: string, groups: Groups): void {
  const [parent, name] = parentOf(root, alias, groups);
  const owner = [...parent.children.values()].find((child) => child.entry === entry);
  owner?.aliases.push(name);
}

/** The child with this name or alias. */
export function childOf(node: CommandNode, word: string): CommandNode | undefined {
  if (node.find !== undefined) return node.find(word);
  return node.children.get(word) ?? [...node.children.values()].find((child) => child.aliases.includes(word));
}

/** Children in the order of help: by name. */
export function listedChildren(node: CommandNode): readonly CommandNode[] {
  return [...node.children.values()].filter((child) => !child.hidden && (child.entry !== undefined || listedChildren(child).length > 0))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** cobra's suggestions: what begins with the word; at the root also what is two edits away. Containers' verbs come first, then images'. */
export function suggestionsFor(node: CommandNode, typed: string): readonly string[] {
  const word = typed.toLowerCase();
  return listedChildren(node).map((child) => child.name)
    .filter((name) => (node.path === "" && distance(word, name.toLowerCase()) <= 2) || name.toLowerCase().startsWith(word))
    .toSorted((a, b) => rank(node, a) - rank(node, b));
}

/** Podman registers verbs package by package; where both lists match, that is the order of its suggestions. */
function rank(node: CommandNode, name: string): number {
  if (node.path !== "") return 0;
  const entry = node.children.get(name)?.entry;
  const owner = entry?.paths.find((path) => path.includes(" "))?.split(" ")[0] ?? name;
  const at = ["container", "image"].indexOf(owner);
  return at === -1 ? 2 : at;
}

/** Levenshtein distance; words longer than any command are far by definition. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 3;
}
