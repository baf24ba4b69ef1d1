/** `--mount type=glob`: one bind mount for every host path that matches, as Go's filepath.Glob finds them. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { EngineError, isErrno } from "../base/errors.ts";
import type { MountCreate } from "../contract/types/container-create.ts";

/** More than anyone mounts; a pattern over a large tree must not fill the memory. */
const maxMatches = 10_000;
const isPattern = (part: string): boolean => /[*?[\\]/.test(part);

/** The mounts that one of type glob stands for, in the order of their names. @throws not-found when nothing matches */
export function expandGlob({ source = "", destination, options }: MountCreate): MountCreate[] {
  const paths = matching(source);
  if (paths.length === 0) throw new EngineError("not-found", `no file paths matching glob ${JSON.stringify(source)}`);
  return paths.map((path) => ({
    type: "bind", source: path, destination: destination === "/" ? path : join(destination, basename(path)), ...(options === undefined ? {} : { options }),
  }));
}

/** Part by part, so that a star never crosses a slash and only directories that can match are read. */
function matching(pattern: string): string[] {
  let found = ["/"];
  for (const part of pattern.split("/").filter((word) => word !== "")) {
    found = found.flatMap((directory) => isPattern(part) ? children(directory, part) : existing(join(directory, part)));
    if (found.length > maxMatches) throw new EngineError("invalid-argument", `glob ${JSON.stringify(pattern)} matches more than ${maxMatches} paths`);
  }
  return found;
}

const existing = (path: string): string[] => (existsSync(path) ? [path] : []);

function children(directory: string, part: string): string[] {
  const glob = new Bun.Glob(part.replaceAll(/\*+/g, "*").replaceAll(/[{}]/g, String.raw`\$&`));
  try {
    return readdirSync(directory).filter((name) => glob.match(name)).toSorted((a, b) => (a < b ? -1 : 1)).map((name) => join(directory, name));
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "EACCES")) return [];
    throw error;
  }
}
