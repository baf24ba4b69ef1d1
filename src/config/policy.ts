/** policy.json: which images may be used (containers-policy.json(5)). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError, messageOf } from "../base/errors.ts";
import { readTextFile } from "./file.ts";
import { readRequirement } from "./policy-requirement.ts";
import { configHome, type Environment, type HostFacts } from "./rootless.ts";

/** One condition, checked for form; transports/signature/evaluate.ts applies it. */
export type PolicyRequirement =
  | { readonly type: "insecureAcceptAnything" }
  | { readonly type: "reject" }
  | SignedBy
  | SigstoreSigned
  | { readonly type: "signedBaseLayer" };
/** A simple-signing signature by any key of the ring. */
export interface SignedBy extends KeySources { readonly type: "signedBy"; readonly signedIdentity: SignedIdentity }
/** A sigstore signature by any of the keys. `unsupported` names what this engine cannot verify: such a requirement refuses. */
export interface SigstoreSigned extends KeySources { readonly type: "sigstoreSigned"; readonly signedIdentity: SignedIdentity; readonly unsupported?: string }
/** Keys of one or more files, or in the policy itself (base64). */
export interface KeySources { readonly keyPaths: readonly string[]; readonly keyDatas: readonly string[] }
/** How the name in a signature must fit the image (containers-policy.json(5), signedIdentity). */
export type SignedIdentity =
  | { readonly type: "matchExact" | "matchRepoDigestOrExact" | "matchRepository" }
  | { readonly type: "exactReference"; readonly dockerReference: string }
  | { readonly type: "exactRepository"; readonly dockerRepository: string }
  | { readonly type: "remapIdentity"; readonly prefix: string; readonly signedPrefix: string };

export interface Policy {
  readonly path: string;
  readonly default: readonly PolicyRequirement[];
  /** By transport (`docker`), then by scope (`quay.io/team`, `*.example.com`, empty for the whole transport). */
  readonly transports: Readonly<Record<string, Readonly<Record<string, readonly PolicyRequirement[]>>>>;
}

/** `--signature-policy`, the user's own file, else the system's. */
export function policyPath(given: string | undefined, env: Environment, facts: HostFacts): string {
  if (given !== undefined && given !== "") return given;
  const own = join(configHome(env, facts), "containers/policy.json");
  return existsSync(own) ? own : join(facts.etcDir, "policy.json");
}

/** @throws EngineError not-found for an absent file, invalid-argument for a malformed one: no policy must never mean "accept" */
export function loadPolicy(path: string): Policy {
  const text = readTextFile(path);
  if (text === undefined) {
    throw new EngineError("not-found", `open ${path}: no such file or directory`, { hint: 'create it; {"default":[{"type":"insecureAcceptAnything"}]} accepts every image' });
  }
  let value: unknown;
  try { value = JSON.parse(text); } catch (error) { throw malformed(path, messageOf(error)); }
  const top = objectOf(value, path, "policy");
  const unknown = Object.keys(top).find((key) => key !== "default" && key !== "transports");
  if (unknown !== undefined) throw malformed(path, `Unknown key ${JSON.stringify(unknown)}`);
  if (top["default"] === undefined) throw malformed(path, "Default policy is missing");
  const transports = Object.entries(objectOf(top["transports"] ?? {}, path, "transports")).map(([transport, scopes]) => [
    transport, Object.fromEntries(Object.entries(objectOf(scopes, path, transport)).map(([scope, list]) => [scope, requirementsOf(list, path)])),
  ] as const);
  return { path, default: requirementsOf(top["default"], path), transports: Object.fromEntries(transports) };
}

function requirementsOf(value: unknown, path: string): readonly PolicyRequirement[] {
  if (!Array.isArray(value) || value.length === 0) throw malformed(path, "List of verification policy requirements must not be empty");
  return value.map((item) => {
    const requirement = objectOf(item, path, "requirement");
    try { return readRequirement(requirement); } catch (error) { throw malformed(path, messageOf(error)); }
  });
}

function objectOf(value: unknown, path: string, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw malformed(path, `${what} must be an object`);
}

function malformed(path: string, why: string): EngineError {
  return new EngineError("invalid-argument", `invalid policy in ${JSON.stringify(path)}: ${why}`);
}

/** The requirements that hold for an image: the longest scope that covers it, the transport's own, the default. */
export function requirementsFor(policy: Policy, transport: string, scope: string): readonly PolicyRequirement[] {
  const scopes = policy.transports[transport] ?? {};
  const name = scopeCandidates(scope, transport === "docker").find((candidate) => scopes[candidate] !== undefined);
  return (name === undefined ? scopes[""] : scopes[name]) ?? policy.default;
}

/** From the image itself outwards; hosts of `docker` also by `*.` wildcards. */
export function scopeCandidates(scope: string, wildcards: boolean): string[] {
  const tagless = scope.replace(/(?:@[^/]*|:[^/:]*)$/, "");
  const parts = tagless.split("/");
  const parents = parts.map((_part, index) => parts.slice(0, parts.length - index).join("/")).filter((part) => part !== "");
  const labels = wildcards ? (parts[0] ?? "").replace(/:\d+$/, "").split(".") : [];
  const hosts = labels.slice(1).map((_label, index) => `*.${labels.slice(index + 1).join(".")}`);
  return [...new Set([scope, ...(parts.length > 1 || !wildcards ? parents : []), ...hosts])];
}
