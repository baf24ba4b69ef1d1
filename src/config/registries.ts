/**
 * registries.conf, version 2 (containers-registries.conf(5)): which servers an image reference may be read from, and what short
 * names may mean. Version 1 is understood in the main file only, as Podman does.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError, within } from "../base/errors.ts";
import { listConfFiles, readTomlFile } from "./file.ts";
import { parseRegistriesToml, type RegistriesFile, type Registry } from "./registries-file.ts";
import { configHome, type Environment, type HostFacts } from "./rootless.ts";

export type { Mirror, Registry } from "./registries-file.ts";
export type ShortNameMode = "permissive" | "enforcing" | "disabled";

export interface RegistriesConfig {
  /** Sorted by prefix; a prefix occurs once. */
  readonly registries: readonly Registry[];
  /** `unqualified-search-registries`, and the file that gave them. */
  readonly searchRegistries: readonly string[];
  readonly searchOrigin: string;
  readonly shortNameMode: ShortNameMode;
  /** Programs to ask for credentials, in order; `containers-auth.json` stands for the auth files. */
  readonly credentialHelpers: readonly string[];
  /** From all files; an empty value takes an earlier alias back. */
  readonly aliases: ReadonlyMap<string, { readonly value: string; readonly origin: string }>;
  /** For messages: where the settings are looked for. */
  readonly configPath: string;
  readonly configDir: string;
}

/** One place to read an image from, in the order to try. */
export interface PullEndpoint {
  /** The reference to ask this server for, after the prefix was rewritten. */
  readonly reference: string;
  /** HTTP and unverified TLS are allowed. */
  readonly insecure: boolean;
  readonly mirror: boolean;
}

/** @throws EngineError invalid-argument naming the file; not-found for a file of `CONTAINERS_REGISTRIES_CONF` that is absent */
export function loadRegistries(env: Environment, facts: HostFacts): RegistriesConfig {
  const places = registriesPlaces(env, facts);
  const files: RegistriesFile[] = [];
  const main = readTomlFile(places.file);
  if (main === undefined && places.required) throw new EngineError("not-found", `loading registries configuration ${JSON.stringify(places.file)}: open ${places.file}: no such file or directory`);
  const add = (label: string, path: string, table: ReturnType<typeof readTomlFile>, dropIn: boolean): void => {
    if (table === undefined) return;
    try { files.push(parseRegistriesToml(table, path, dropIn)); } catch (error) { throw within(`loading ${label} ${JSON.stringify(path)}`, error); }
  };
  add("registries configuration", places.file, main, false);
  for (const path of places.directories.flatMap(listConfFiles)) add("drop-in registries configuration", path, readTomlFile(path), true);
  return combine(files, places);
}

interface Places { readonly file: string; readonly directories: readonly string[]; readonly required: boolean }

function registriesPlaces(env: Environment, facts: HostFacts): Places {
  const told = env["CONTAINERS_REGISTRIES_CONF"] ?? env["REGISTRIES_CONFIG_PATH"] ?? "";
  const userFile = join(configHome({ HOME: env["HOME"] }, facts), "containers/registries.conf");
  const systemDir = join(facts.etcDir, "registries.conf.d");
  if (told !== "") return { file: told, directories: [systemDir, `${userFile}.d`], required: true };
  // A user's own file replaces the system's, drop-ins included.
  if (existsSync(userFile)) return { file: userFile, directories: [`${userFile}.d`], required: false };
  return { file: join(facts.etcDir, "registries.conf"), directories: [systemDir, `${userFile}.d`], required: false };
}

function combine(files: readonly RegistriesFile[], places: Places): RegistriesConfig {
  const registries = new Map(files.flatMap((file) => file.registries.map((registry) => [registry.prefix, registry] as const)));
  const search = files.findLast((file) => file.searchRegistries !== undefined);
  return {
    registries: [...registries.values()].sort((a, b) => (a.prefix < b.prefix ? -1 : 1)),
    searchRegistries: search?.searchRegistries ?? [],
    searchOrigin: search?.path ?? (files[0]?.path === places.file ? places.file : ""),
    shortNameMode: files.findLast((file) => file.shortNameMode !== undefined)?.shortNameMode ?? "permissive",
    credentialHelpers: nonEmpty(files.findLast((file) => file.credentialHelpers !== undefined)?.credentialHelpers) ?? ["containers-auth.json"],
    aliases: new Map(files.flatMap((file) => Object.entries(file.aliases).map(([name, value]) => [name, { value, origin: file.path }] as const))),
    configPath: places.file, configDir: places.directories[0] ?? "",
  };
}

function nonEmpty<T>(items: readonly T[] | undefined): readonly T[] | undefined { return items?.length === 0 ? undefined : items; }

/** The entry with the longest prefix of `reference` (a registry, repository or full reference), if any. */
export function findRegistry(config: RegistriesConfig, reference: string): Registry | undefined {
  let best: Registry | undefined;
  for (const registry of config.registries) {
    if (prefixLength(reference, registry.prefix) !== undefined && registry.prefix.length > (best?.prefix.length ?? 0)) best = registry;
  }
  return best;
}

/**
 * Where to read `reference` (fully qualified) from: mirrors first, the registry itself last.
 * @throws EngineError permission-denied/blocked-registry
 */
export function resolveRegistry(config: RegistriesConfig, reference: string): PullEndpoint[] {
  const registry = findRegistry(config, reference);
  if (registry === undefined) return [{ reference, insecure: false, mirror: false }];
  checkNotBlocked(config, registry);
  const digested = reference.includes("@");
  const usable = registry.mirrors.filter((mirror) => !(registry.mirrorByDigestOnly || mirror.pullFromMirror === "digest-only") || digested)
    .filter((mirror) => mirror.pullFromMirror !== "tag-only" || !digested);
  return [
    ...usable.map((mirror) => ({ reference: rewrite(reference, registry.prefix, mirror.location), insecure: mirror.insecure, mirror: true })),
    { reference: rewrite(reference, registry.prefix, registry.location), insecure: registry.insecure, mirror: false },
  ];
}

/** @throws EngineError permission-denied/blocked-registry when pushes and pulls of this registry are forbidden */
export function checkNotBlocked(config: RegistriesConfig, registry: Registry): void {
  if (!registry.blocked) return;
  throw new EngineError("permission-denied", `registry ${registry.prefix} is blocked in ${config.configPath} or ${config.configDir}`, { reason: "blocked-registry" });
}

/** `--tls-verify` was not given: may this server be spoken to without verified TLS? */
export function isInsecureRegistry(config: RegistriesConfig, registry: string): boolean {
  const own = findRegistry(config, registry);
  if (own !== undefined) return own.insecure;
  const hostOf = (location: string): string => location.split("/")[0] ?? "";
  return config.registries.some((entry) => (hostOf(entry.location) === registry && entry.insecure)
    || entry.mirrors.some((mirror) => mirror.insecure && hostOf(mirror.location) === registry));
}

function rewrite(reference: string, prefix: string, location: string): string {
  // A wildcard entry without location stands for every host that it matches.
  return location === "" ? reference : location + reference.slice(prefixLength(reference, prefix) ?? reference.length);
}

/** Length of the part of `reference` that `prefix` covers; undefined when it does not match on a border. */
function prefixLength(reference: string, prefix: string): number | undefined {
  const end = prefix.startsWith("*.") ? wildcardEnd(reference, prefix.slice(1)) : reference.startsWith(prefix) ? prefix.length : undefined;
  if (end === undefined) return undefined;
  return end === reference.length || ":/@".includes(reference.charAt(end)) ? end : undefined;
}

function wildcardEnd(reference: string, suffix: string): number | undefined {
  const at = reference.indexOf(suffix);
  return at === -1 || reference.slice(0, at).includes("/") ? undefined : at + suffix.length;
}

