/** One registries.conf as typed data, checked. */
import { EngineError } from "../base/errors.ts";
import type { TomlTable, TomlValue } from "../formats/toml.ts";
import { isTable } from "./merge.ts";
import { checkAlias } from "./short-name-file.ts";

export interface Mirror {
  readonly location: string;
  readonly insecure: boolean;
  readonly pullFromMirror: "all" | "digest-only" | "tag-only";
}

export interface Registry {
  /** What references must begin with; `*.host` covers subdomains. */
  readonly prefix: string;
  /** What replaces the prefix; empty only for a wildcard. */
  readonly location: string;
  readonly insecure: boolean;
  readonly blocked: boolean;
  readonly mirrors: readonly Mirror[];
  readonly mirrorByDigestOnly: boolean;
}

export interface RegistriesFile {
  readonly path: string;
  readonly registries: readonly Registry[];
  readonly searchRegistries?: readonly string[];
  readonly credentialHelpers?: readonly string[];
  readonly shortNameMode?: "permissive" | "enforcing" | "disabled";
  readonly aliases: Readonly<Record<string, string>>;
}

const hostPattern = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;

/** @throws EngineError invalid-argument with Podman's sentences */
export function parseRegistriesToml(table: TomlTable, path: string, dropIn: boolean): RegistriesFile {
  if (table["registries"] !== undefined) return fromVersion1(table, path, dropIn);
  const registries = tablesAt(table, "registry").map(registryOf);
  checkConsistent(registries);
  const search = listAt(table, "unqualified-search-registries");
  const helpers = listAt(table, "credential-helpers");
  const mode = stringAt(table, "short-name-mode");
  return {
    path, registries: unique(registries), aliases: aliasesOf(table["aliases"], path),
    ...(search === undefined ? {} : { searchRegistries: search.map(searchHost) }),
    ...(helpers === undefined ? {} : { credentialHelpers: helpers }),
    ...(mode === "" ? {} : { shortNameMode: modeOf(mode) }),
  };
}

/** The first entry of a prefix wins; later ones are ignored, because files in the wild repeat themselves. */
function unique(registries: readonly Registry[]): Registry[] {
  return registries.filter((registry, index) => registries.findIndex((other) => other.prefix === registry.prefix) === index);
}

function registryOf(table: TomlTable): Registry {
  const location = locationOf(stringAt(table, "location"));
  const prefix = locationOf(stringAt(table, "prefix")) || location;
  if (prefix === "") throw bad("invalid condition: both location and prefix are unset");
  if (location === "" && !prefix.startsWith("*.")) throw bad("invalid condition: location is unset and prefix is not in the format: *.example.com");
  if (prefix.startsWith("*.") && /[/@:]/.test(prefix)) throw bad(`Wildcarded prefix should be in the format: *.example.com. Current prefix ${JSON.stringify(prefix)} is incorrectly formatted`);
  if (stringAt(table, "pull-from-mirror") !== "") throw bad(`pull-from-mirror must not be set for a non-mirror registry ${JSON.stringify(prefix)}`);
  const mirrorByDigestOnly = flagAt(table, "mirror-by-digest-only");
  return {
    prefix, location, insecure: flagAt(table, "insecure"), blocked: flagAt(table, "blocked"), mirrorByDigestOnly,
    mirrors: tablesAt(table, "mirror").map((mirror) => mirrorOf(mirror, prefix, mirrorByDigestOnly)),
  };
}

function mirrorOf(table: TomlTable, prefix: string, byDigestOnly: boolean): Mirror {
  const location = locationOf(stringAt(table, "location"));
  if (location === "") throw bad("invalid condition: mirror location is unset");
  const use = stringAt(table, "pull-from-mirror");
  if (byDigestOnly && use !== "") {
    throw bad(`cannot set mirror usage mirror-by-digest-only for the registry (${JSON.stringify(prefix)}) and pull-from-mirror for per-mirror (${JSON.stringify(location)}) at the same time`);
  }
  if (use !== "" && use !== "all" && use !== "digest-only" && use !== "tag-only") throw bad(`unsupported pull-from-mirror value ${JSON.stringify(use)} for mirror ${JSON.stringify(location)}`);
  return { location, insecure: flagAt(table, "insecure"), pullFromMirror: use === "" ? "all" : use };
}

function checkConsistent(registries: readonly Registry[]): void {
  const key = (registry: Registry): string => registry.location || registry.prefix;
  for (const registry of registries) {
    const others = registries.filter((other) => key(other) === key(registry));
    for (const setting of ["insecure", "blocked"] as const) {
      if (others.some((other) => other[setting] !== registry[setting])) throw bad(`registry '${registry.location}' is defined multiple times with conflicting '${setting}' setting`);
    }
  }
}

/** Version 1: three lists of hosts. */
function fromVersion1(table: TomlTable, path: string, dropIn: boolean): RegistriesFile {
  if (dropIn) throw bad("registry must be in v2 format but is in v1");
  if (["registry", "unqualified-search-registries", "aliases", "short-name-mode", "credential-helpers"].some((key) => table[key] !== undefined)) throw bad("mixing sysregistry v1/v2 is not supported");
  const lists = table["registries"];
  if (!isTable(lists)) throw bad('key "registries": expected a table');
  const hosts = (name: string): readonly string[] => {
    const part = lists[name];
    return isTable(part) ? (listAt(part, "registries") ?? []).map(locationOf) : [];
  };
  const [blocked, insecure] = [hosts("block"), hosts("insecure")];
  const registries = [...new Set([...blocked, ...insecure])].map((location) => ({
    prefix: location, location, blocked: blocked.includes(location), insecure: insecure.includes(location), mirrors: [], mirrorByDigestOnly: false,
  }));
  return { path, registries, searchRegistries: hosts("search").map(searchHost), aliases: {} };
}

function aliasesOf(value: TomlValue | undefined, path: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isTable(value)) throw bad('key "aliases": expected a table');
  for (const [name, target] of Object.entries(value)) {
    if (typeof target !== "string") throw bad(`key "aliases.${name}": expected a string`);
    try { checkAlias(name, target); } catch (error) { throw new EngineError("invalid-argument", `validating short-name aliases: ${error instanceof Error ? error.message : path}`, { cause: error }); }
  }
  return value as Record<string, string>;
}

function modeOf(mode: string): "permissive" | "enforcing" | "disabled" {
  if (mode === "permissive" || mode === "enforcing" || mode === "disabled") return mode;
  throw bad(`invalid short-name mode: ${JSON.stringify(mode)}`);
}

function searchHost(entry: string): string {
  const host = locationOf(entry);
  if (!hostPattern.test(host)) throw bad(`Invalid unqualified-search-registries entry ${JSON.stringify(host)}`);
  return host;
}

function locationOf(text: string): string {
  const trimmed = text.replace(/\/+$/, "");
  if (/^https?:\/\//.test(trimmed)) throw bad(`invalid location '${text}': URI schemes are not supported`);
  return trimmed;
}

function tablesAt(table: TomlTable, key: string): readonly TomlTable[] {
  const value = table[key] ?? [];
  if (!Array.isArray(value) || !value.every((item): item is TomlTable => isTable(item))) throw bad(`key ${JSON.stringify(key)}: expected an array of tables`);
  return value;
}

function stringAt(table: TomlTable, key: string): string {
  const value = table[key] ?? "";
  if (typeof value !== "string") throw bad(`key ${JSON.stringify(key)}: expected a string`);
  return value;
}

function flagAt(table: TomlTable, key: string): boolean {
  const value = table[key] ?? false;
  if (typeof value !== "boolean") throw bad(`key ${JSON.stringify(key)}: expected true or false`);
  return value;
}

function listAt(table: TomlTable, key: string): readonly string[] | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === "string")) throw bad(`key ${JSON.stringify(key)}: expected an array of strings`);
  return value;
}

function bad(message: string): EngineError { return new EngineError("invalid-argument", message); }
