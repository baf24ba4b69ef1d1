/** The tree of this program's commands. */
import { commandEntries } from "./commands/index.ts";
import { commandGroups } from "./commands/groups.ts";
import { buildTree } from "./kit/tree.ts";
import type { CommandNode } from "./kit/tree.ts";

/** Commands of the other side (`remote` or local) are in it, but hidden. */
export function programTree(remote: boolean): CommandNode {
  return buildTree(commandEntries, commandGroups, remote);
}
