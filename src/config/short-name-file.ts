/** The file in which answers to "which image do you mean?" are kept: a machine-written `[aliases]` table. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, messageOf, within } from "../base/errors.ts";
import { looksLikeHost, nameOf, parseNormalized, parseReference, type Reference } from "../formats/reference.ts";
import { lockFile } from "../sys/index.ts";
import { readTomlFile } from "./file.ts";
import { isTable } from "./merge.ts";
import type { Environment, HostFacts } from "./rootless.ts";
import { writeFileAtomically } from "./write.ts";

/** `/var/cache/containers/short-name-aliases.conf`, or the same below a user's cache. */
export function shortNameFile(env: Environment, facts: HostFacts): string {
  const cache = facts.uid === 0 ? "/var/cache" : (env["XDG_CACHE_HOME"] ?? "") || join(facts.home, ".cache");
  return join(cache, "containers/short-name-aliases.conf");
}

/** @throws EngineError invalid-argument for a damaged file, naming it */
export function readShortNames(path: string): Readonly<Record<string, string>> {
  const table = readTomlFile(path)?.["aliases"] ?? {};
  if (!isTable(table)) throw new EngineError("invalid-argument", `loading short-name aliases config file ${JSON.stringify(path)}: key "aliases": expected a table`);
  for (const [name, value] of Object.entries(table)) {
    try { checkAlias(name, String(value)); } catch (error) { throw within(`loading short-name aliases config file ${JSON.stringify(path)}`, error); }
  }
  return table as Readonly<Record<string, string>>;
}

/** Adds or replaces one alias; atomic, excludes Podman and ourselves by the file's lock. */
export async function recordShortName(path: string, name: string, value: string): Promise<void> {
  checkAlias(name, value);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  using _lock = await lockFile(`${path}.lock`);
  const aliases = { ...readShortNames(path), [name]: value };
  const lines = Object.entries(aliases).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, target]) => `  ${JSON.stringify(key)} = ${JSON.stringify(target)}\n`);
  writeFileAtomically(path, `[aliases]\n${lines.join("")}`, 0o600);
}

/** @throws EngineError invalid-argument; an empty value is allowed, it takes an alias back */
export function checkAlias(name: string, value: string): void {
  const short = parseOr(`cannot parse short name: ${JSON.stringify(name)}`, name);
  const quoted = JSON.stringify(name);
  if (short.digest !== undefined) throw bad(`invalid short name ${quoted}: must not contain digest`);
  if (short.tag !== undefined) throw bad(`invalid short name ${quoted}: must not contain tag`);
  if (looksLikeHost(short.domain) || (short.domain === "" && short.path.startsWith("localhost/"))) throw bad(`invalid short name ${quoted}: must not contain registry`);
  if (value !== "") parseAliasValue(value);
}

/** Fully qualified name without tag, `docker.io/alpine` completed to `docker.io/library/alpine`. */
export function parseAliasValue(value: string): string {
  const target = parseOr(`parsing alias ${JSON.stringify(value)}`, value);
  const quoted = JSON.stringify(value);
  if (target.digest !== undefined) throw bad(`invalid alias ${quoted}: must not contain digest`);
  if (target.tag !== undefined) throw bad(`invalid alias ${quoted}: must not contain tag`);
  if (!value.includes("/") || !looksLikeHost(value.split("/")[0] ?? "")) throw bad(`invalid alias ${quoted}: must contain registry and repository`);
  return nameOf(parseNormalized(value));
}

function parseOr(action: string, text: string): Reference {
  try { return parseReference(text); } catch (error) { throw bad(`${action}: ${messageOf(error)}`); }
}

function bad(message: string): EngineError { return new EngineError("invalid-argument", message); }
