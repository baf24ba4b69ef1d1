/** What an image name without a registry may stand for: containers-registries.conf(5), "short-name". Asking the user is the CLI's part. */
import { EngineError } from "../base/errors.ts";
import { dropTagIfDigested, formatReference, isShortName, nameOf, parseNormalized, parseReference, trimReference, withDefaultTag, type Reference } from "../formats/reference.ts";
import type { RegistriesConfig } from "./registries.ts";
import { parseAliasValue, readShortNames } from "./short-name-file.ts";

export interface ShortNameResolution {
  /** Fully qualified references to try in order, with tag or digest. */
  readonly candidates: readonly string[];
  /** Podman's sentence about how it came to them, to print before pulling; absent for qualified names. */
  readonly description?: string;
  /** With a terminal the user must be asked; without one `enforcing` is an error and `permissive` tries all. */
  readonly ask: boolean;
  /** Short name without tag: the key to record the user's choice under. */
  readonly recordAs?: string;
}

/**
 * Candidates for a pull.
 * @throws EngineError not-found/short-name when neither an alias nor a search registry is known; invalid-argument
 */
export function resolveShortName(name: string, config: RegistriesConfig, aliasFile: string): ShortNameResolution {
  if (!isShortName(name)) return { candidates: [finish(parseNormalized(name))], ask: false };
  const typed = parseReference(name);
  const short = nameOf(trimReference(typed));
  const alias = findAlias(short, config, aliasFile);
  if (alias !== undefined) {
    return { candidates: [finish({ ...typed, ...splitName(alias.value) })], description: `Resolved ${JSON.stringify(short)} as an alias (${alias.origin})`, ask: false };
  }
  if (config.searchRegistries.length === 0) throw noCandidates(name, config);
  const candidates = config.searchRegistries.map((registry) => finish(parseNormalized(`${registry}/${name}`)));
  return {
    candidates, description: `Resolving ${JSON.stringify(short)} using unqualified-search registries (${config.searchOrigin})`,
    ask: candidates.length > 1 && config.shortNameMode !== "disabled", recordAs: short,
  };
}

/** What a short name may be called in local storage, in order: its alias, `localhost/`, the search registries. */
export function localCandidates(name: string, config: RegistriesConfig, aliasFile: string): string[] {
  if (!isShortName(name)) return [finish(parseNormalized(name))];
  const typed = parseReference(name);
  const alias = findAlias(nameOf(trimReference(typed)), config, aliasFile);
  return [
    ...(alias === undefined ? [] : [finish({ ...typed, ...splitName(alias.value) })]),
    ...["localhost", ...config.searchRegistries].map((registry) => finish(parseNormalized(`${registry}/${name}`))),
  ];
}

/** The error of `enforcing` without a terminal. */
export function cannotAsk(): EngineError {
  return new EngineError("failed-precondition", "short-name resolution enforced but cannot prompt without a TTY", { reason: "short-name", hint: "name the registry too, for example quay.io/…" });
}

function findAlias(short: string, config: RegistriesConfig, aliasFile: string): { readonly value: string; readonly origin: string } | undefined {
  const recorded = readShortNames(aliasFile)[short];
  // An empty value says "no alias", whatever the files of the administrator say.
  if (recorded !== undefined) return recorded === "" ? undefined : { value: parseAliasValue(recorded), origin: aliasFile };
  const configured = config.aliases.get(short);
  return configured === undefined || configured.value === "" ? undefined : { value: parseAliasValue(configured.value), origin: configured.origin };
}

function splitName(name: string): { readonly domain: string; readonly path: string } {
  const slash = name.indexOf("/");
  return { domain: name.slice(0, slash), path: name.slice(slash + 1) };
}

function finish(reference: Reference): string { return formatReference(withDefaultTag(dropTagIfDigested(reference))); }

function noCandidates(name: string, config: RegistriesConfig): EngineError {
  const where = config.searchOrigin === ""
    ? "and no containers-registries.conf(5) was found" : `and no unqualified-search registries are defined in ${JSON.stringify(config.searchOrigin)}`;
  return new EngineError("not-found", `short-name ${JSON.stringify(name)} did not resolve to an alias ${where}`, { reason: "short-name", hint: "name the registry too, for example docker.io/library/…" });
}
