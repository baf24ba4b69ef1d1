import type { InputOf } from "../../contract/kit.ts";
import type { statPath as operation } from "../../contract/container/stat-path.ts";
import { baseOf, goMode, withEnding, type PathReport } from "../../contract/types/path-stat.ts";
import type { EngineContext } from "../../engine/context.ts";
import { openContainer } from "./open.ts";
import { absolutePath, missingPath } from "./path.ts";

/** A link at the end is described itself, but for what it points to. Names with `*` are refused: nothing expands them. */
export async function statPath(context: EngineContext, { ref, path }: InputOf<typeof operation.input>): Promise<PathReport> {
  await using container = await openContainer(context, ref);
  if (path.includes("*") || path === "") throw missingPath();
  const asked = absolutePath(container.record, path);
  const { path: resolved, found, link } = container.tree.lookUp(asked);
  const shown = link ?? found?.stat;
  if (shown === undefined) throw missingPath();
  // "/" means what is in it.
  const linkTarget = withEnding(path === "/" ? "/." : path, link === undefined ? asked : resolved);
  const stat = { name: baseOf(linkTarget), size: shown.size, mode: goMode(shown.mode), mtime: shown.mtime.toISOString(), isDir: found?.stat.isDirectory() === true, linkTarget };
  return { stat, ...(found === undefined ? { broken: true } : {}) };
}
