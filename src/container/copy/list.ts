import { opendirSync } from "node:fs";
import type { InputOf } from "../../contract/kit.ts";
import type { listPath as operation } from "../../contract/container/list-path.ts";
import type { PathEntry } from "../../contract/types/path-stat.ts";
import type { EngineContext } from "../../engine/context.ts";
import { openContainer } from "./open.ts";
import { absolutePath, missingPath } from "./path.ts";
import type { ContainerTree } from "./tree.ts";

/** Of a larger directory, so many: whoever completes a path has no use for more. */
const maxEntries = 10_000;

export async function listPath(context: EngineContext, { ref, path }: InputOf<typeof operation.input>): Promise<readonly PathEntry[]> {
  await using container = await openContainer(context, ref);
  return entriesAt(container.tree, path === "" ? "/" : absolutePath(container.record, path));
}

/** In order of name; links count as what they are. @throws not-found when no directory is there */
export function entriesAt(tree: ContainerTree, path: string): readonly PathEntry[] {
  const { found } = tree.lookUp(path);
  if (found?.stat.isDirectory() !== true) throw missingPath();
  // The descriptor only names the directory; /proc reopens that very one for reading.
  using directory = opendirSync(`/proc/self/fd/${found.directoryFd}`);
  const entries: PathEntry[] = [];
  for (let entry = directory.readSync(); entry !== null && entries.length < maxEntries; entry = directory.readSync()) {
    entries.push({ name: entry.name, isDirectory: entry.isDirectory() });
  }
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
