/**
 * Image references: `[domain/]path[:tag][@digest]` by distribution's grammar, and the familiar short forms that mean
 * Docker Hub. Pure; which registries a short name may stand for is configuration (config/registries.ts).
 */
import { EngineError } from "../base/errors.ts";
import { parseDigest } from "./digest.ts";

/** `name` is `domain/path` without tag and digest; `domain` is empty for a short name that was not normalised. */
export interface Reference {
  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Docker's limit for the name without tag and digest. */
const maxNameLength = 255;
/** Far above any valid reference (255 name, 128 tag, 135 digest); bounds the work of the pattern. */
const maxReferenceLength = 1024;

const component = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const domainSource = `(?:${component}(?:\\.${component})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const pathPart = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const tagSource = "[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}";
const digestSource = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const pattern = new RegExp(`^(?:(${domainSource})/)?(${pathPart}(?:/${pathPart})*)(?::(${tagSource}))?(?:@(${digestSource}))?$`);
const tagPattern = new RegExp(`^${tagSource}$`);
const idPattern = /^[a-f0-9]{64}$/;

const bad = (message: string): EngineError => new EngineError("invalid-argument", message);

/** True for 64 hex digits, which never name a repository. */
export function isFullId(text: string): boolean { return idPattern.test(text); }
export function isTag(text: string): boolean { return tagPattern.test(text); }

/**
 * Parses as typed: `fedora` stays without a domain, `my.host/x` gets one.
 * @throws invalid-argument `invalid reference format`, `repository name must be lowercase`, …
 */
export function parseReference(text: string): Reference {
  const match = text.length > maxReferenceLength ? null : pattern.exec(text);
  if (match === null) throw bad(whyNot(text));
  const [, domain = "", path = "", tag, digest] = match;
  // An untagged first part such as `foo/bar` is a path, yet the pattern offers it as a domain: Docker calls it a domain too.
  const nameLength = domain === "" ? path.length : domain.length + 1 + path.length;
  if (nameLength > maxNameLength) throw bad(`repository name must not be more than ${maxNameLength} characters`);
  if (digest !== undefined) parseDigest(digest);
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

function whyNot(text: string): string {
  if (text === "") return "repository name must have at least one component";
  if (text.length <= maxReferenceLength && pattern.test(text.toLowerCase())) return "repository name must be lowercase";
  return "invalid reference format";
}

/**
 * Parses with Docker Hub's defaults: `alpine` → `docker.io/library/alpine`, `a/b` → `docker.io/a/b`. No tag is added.
 * @throws invalid-argument
 */
export function parseNormalized(text: string): Reference {
  if (isFullId(text)) throw bad(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const { domain, rest } = splitDomain(text);
  const colon = rest.indexOf(":");
  const remote = colon < 0 ? rest : rest.slice(0, colon);
  if (remote.toLowerCase() !== remote) throw bad("invalid reference format: repository name must be lowercase");
  return parseReference(`${domain}/${rest}`);
}

function splitDomain(text: string): { readonly domain: string; readonly rest: string } {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const isDomain = slash >= 0 && looksLikeHost(first);
  const domain = isDomain && first !== "index.docker.io" ? first : "docker.io";
  const rest = isDomain ? text.slice(slash + 1) : text;
  return { domain, rest: domain === "docker.io" && !rest.includes("/") ? `library/${rest}` : rest };
}

/** A first part is a host when it has a dot or a port, or is `localhost`. */
export function looksLikeHost(part: string): boolean { return part.includes(".") || part.includes(":") || part === "localhost"; }

/** True for names that must be resolved by alias or search registries: `fedora`, `library/fedora:38`. */
export function isShortName(text: string): boolean {
  try {
    parseReference(text);
    const slash = text.indexOf("/");
    return slash < 0 || !looksLikeHost(text.slice(0, slash));
  } catch { return false; }
}

/** `domain/path`. */
export function nameOf(reference: Reference): string {
  return reference.domain === "" ? reference.path : `${reference.domain}/${reference.path}`;
}

/** The whole reference: name, then tag, then digest. */
export function formatReference(reference: Reference): string {
  return nameOf(reference) + (reference.tag === undefined ? "" : `:${reference.tag}`) + (reference.digest === undefined ? "" : `@${reference.digest}`);
}

/** As Docker shows it: without `docker.io/` and `library/`. */
export function formatFamiliar(reference: Reference): string {
  if (reference.domain !== "docker.io") return formatReference(reference);
  const parts = reference.path.split("/");
  const path = parts.length === 2 && parts[0] === "library" ? parts.slice(1).join("/") : reference.path;
  return formatReference({ ...reference, domain: "", path });
}

/** Adds `:latest` when there is neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: "latest" } : reference;
}

/** Name only. */
export function trimReference({ domain, path }: Reference): Reference { return { domain, path }; }

/** With both tag and digest the digest is the truth and the tag is dropped (Docker's rule). */
export function dropTagIfDigested(reference: Reference): Reference {
  return reference.digest === undefined ? reference : { ...trimReference(reference), digest: reference.digest };
}

/**
 * A name for local storage: short names belong to `localhost/`, Hub names are completed, `:latest` is added.
 * @throws invalid-argument `normalizing name "…": …`
 */
export function normalizeLocal(text: string): Reference {
  const parsed = parseNaming(text);
  const isQualified = parsed.domain !== "" && looksLikeHost(parsed.domain);
  const full = parseNormalized(isQualified ? text : `localhost/${text}`);
  return withDefaultTag(dropTagIfDigested(full));
}

function parseNaming(text: string): Reference {
  try { return parseReference(text); } catch (error) {
    throw bad(`normalizing name ${JSON.stringify(text)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
