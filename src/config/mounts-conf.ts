/** mounts.conf(5): directories that every container gets, `HOST:CONTAINER` a line. */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { readTextFile } from "./file.ts";
import { configHome, type Environment, type HostFacts } from "./rootless.ts";

export interface DefaultMount { readonly source: string; readonly destination: string }

/** Sources that do not exist are left out, so that a distribution may list what only some hosts have. */
export function loadDefaultMounts(env: Environment, facts: HostFacts, file?: string): DefaultMount[] {
  const text = mountsFiles(env, facts, file).map(readTextFile).find((content) => content !== undefined) ?? "";
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#")).flatMap((line) => {
    const [source = "", destination = source, ...rest] = line.split(":");
    return rest.length === 0 && isAbsolute(source) && isAbsolute(destination) && existsSync(source) ? [{ source, destination }] : [];
  });
}

/** The first that exists counts: the user's own, the administrator's, the distribution's. */
function mountsFiles(env: Environment, facts: HostFacts, file: string | undefined): string[] {
  if (file !== undefined) return [file];
  const own = facts.rootless ? [join(configHome(env, facts), "containers/mounts.conf")] : [];
  return [...own, join(facts.etcDir, "mounts.conf"), join(facts.shareDir, "mounts.conf")];
}
