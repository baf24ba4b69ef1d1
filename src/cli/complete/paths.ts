/** Paths inside containers and images, for `cp` and for the command of `run` and `create`. */
import type { CommandContext } from "../kit/types.ts";
import type { PathEntry } from "../../contract/types/path-stat.ts";
import { candidatesFor } from "./candidates.ts";
import { directives } from "./protocol.ts";
import type { CompletionResult } from "./protocol.ts";

const hostFiles: CompletionResult = { candidates: [], directive: directives.default };

/** What runs in a container of `image`. An image that is not here leaves the shell its own files. */
export async function imagePaths(context: CommandContext, image: string, typed: string): Promise<CompletionResult> {
  if (context.isRemote) return hostFiles;
  try {
    const engine = await context.engine();
    const paths = await pathsFrom(typed, async (path) => engine.image.listPath({ ref: image, path }));
    return paths.length === 0 ? hostFiles : { candidates: paths.map((value) => ({ value })), directive: directives.noSpace };
  } catch { return hostFiles; }
}

/** `[CONTAINER:]PATH`: containers with a colon, then what is in the one that was named. Files of the host stay possible. */
export async function copyEnds(context: CommandContext, typed: string): Promise<CompletionResult> {
  const directive = directives.noSpace;
  const colon = typed.indexOf(":");
  if (colon < 0) {
    const { candidates } = await candidatesFor(context, "container", typed, []);
    return { candidates: candidates.map(({ value, ...rest }) => ({ value: `${value}:`, ...rest })), directive };
  }
  if (context.isRemote || colon === 0 || /^[./]/.test(typed)) return { candidates: [], directive };
  try {
    const [ref, inside] = [typed.slice(0, colon), typed.slice(colon + 1)];
    const engine = await context.engine();
    const paths = await pathsFrom(inside, async (path) => engine.container.listPath({ ref, path }));
    return { candidates: paths.map((path) => ({ value: `${ref}:${path}` })), directive };
  } catch { return { candidates: [], directive }; }
}

/** Paths that go on from what was typed, spelt as it was: the content of a directory, else the names in its parent that begin so. */
async function pathsFrom(typed: string, list: (path: string) => Promise<readonly PathEntry[]>): Promise<readonly string[]> {
  const start = typed === "" ? "/" : typed;
  const inside = await list(start).catch(() => undefined);
  if (inside !== undefined) {
    const prefix = start.endsWith("/") ? start : `${start}/`;
    return inside.length === 0 ? [prefix] : namesOf(inside, prefix, "");
  }
  const slash = start.lastIndexOf("/") + 1;
  return namesOf(await list(slash === 0 ? "." : start.slice(0, slash)), start.slice(0, slash), start.slice(slash));
}

/**
 * A shell puts what is offered on the command line as it stands, and who made the image chose the names: what a shell would read
 * as more than a word is not offered.
 */
const plainName = /^[^\s\p{C}"'`\\$&|;<>(){}[\]*?!#~]+$/u;

function namesOf(entries: readonly PathEntry[], prefix: string, begins: string): readonly string[] {
  return entries.filter(({ name }) => name.startsWith(begins) && plainName.test(name)).map(({ name, isDirectory }) => `${prefix}${name}${isDirectory ? "/" : ""}`);
}
