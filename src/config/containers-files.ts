/** Which files make up containers.conf, in the order in which they are merged: containers.conf(5). */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { EngineError } from "../base/errors.ts";
import { listConfFiles } from "./file.ts";
import { configHome, type Environment, type HostFacts } from "./rootless.ts";

/** Files to merge; those that are absent may be listed. @throws EngineError not-found for `CONTAINERS_CONF` of nothing */
export function containersConfFiles(env: Environment, facts: HostFacts): string[] {
  const only = env["CONTAINERS_CONF"] ?? "";
  if (only !== "") {
    if (!existsSync(only)) throw new EngineError("not-found", `finding config on system: CONTAINERS_CONF file: faccessat ${only}: no such file or directory`);
    return [only];
  }
  const { etc, share, home } = places(env, facts);
  return [share, etc, ...listConfFiles(`${etc}.d`), ...rootlessFiles(facts), home, ...listConfFiles(`${home}.d`)];
}

/** Overwrites for all users, and for one of them, that an administrator made. */
function rootlessFiles(facts: HostFacts): string[] {
  if (facts.uid === 0) return [];
  const file = join(facts.etcDir, "containers.rootless.conf");
  return [file, ...listConfFiles(`${file}.d`), ...listConfFiles(join(`${file}.d`, String(facts.uid)))];
}

/** Absolute path of a module of `--module`. @throws EngineError not-found */
export function resolveModule(name: string, env: Environment, facts: HostFacts): string {
  const candidates = isAbsolute(name) ? [name] : moduleDirectories(env, facts).map((directory) => join(directory, name));
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const failures = candidates.map((path) => `open ${path}: no such file or directory`);
  throw new EngineError("not-found", `parsing containers.conf: could not resolve module: ${failures.join("\n")}`);
}

/** Where modules are looked for, the user's own first. */
export function moduleDirectories(env: Environment, facts: HostFacts): string[] {
  const { etc, share, home } = places(env, facts);
  return [...(facts.uid > 0 ? [home] : []), etc, share].map((path) => `${path}.modules`);
}

function places(env: Environment, facts: HostFacts): { readonly etc: string; readonly share: string; readonly home: string } {
  return { etc: join(facts.etcDir, "containers.conf"), share: join(facts.shareDir, "containers.conf"), home: join(configHome(env, facts), "containers/containers.conf") };
}
