/** registries.d: where the signatures of registries' images lie (containers-registries.d(5)). */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno, within } from "../base/errors.ts";
import { parseNormalized } from "../formats/reference.ts";
import { readTextFile } from "./file.ts";
import { scopeCandidates } from "./policy.ts";
import { dataHome, type Environment, type HostFacts } from "./rootless.ts";

export interface SignaturePlace {
  /** URL to read from, and to write to where `staging` is absent. */
  readonly lookaside?: string;
  readonly staging?: string;
  /** Signatures are images beside the image, as cosign keeps them. */
  readonly attachments?: boolean;
}
export interface SignaturePlaces { readonly fallback?: SignaturePlace; readonly scopes: ReadonlyMap<string, SignaturePlace> }

/** The user's folder, if there is one, else the system's. */
export function registriesFolder(facts: HostFacts): string {
  const own = join(facts.home, ".config/containers/registries.d");
  return existsSync(own) ? own : join(facts.etcDir, "registries.d");
}

/** Reads every `*.yaml` of the folder. @throws invalid-argument for bad YAML and for a scope that two files define */
export async function loadSignaturePlaces(folder: string): Promise<SignaturePlaces> {
  const scopes = new Map<string, SignaturePlace>();
  let fallback: SignaturePlace | undefined;
  for (const name of yamlFiles(folder)) {
    const path = join(folder, name);
    const { "default-docker": own, docker } = await parse(path);
    if (own !== undefined && own !== null) {
      if (fallback !== undefined) throw twice("default-docker", path);
      fallback = placeOf(own, path);
    }
    for (const [scope, value] of Object.entries(objectOf(docker ?? {}, path))) {
      if (scopes.has(scope)) throw twice(`docker: ${scope}`, path);
      scopes.set(scope, placeOf(value, path));
    }
  }
  return { scopes, ...(fallback === undefined ? {} : { fallback }) };
}

/** The URL that signatures of a reference's repository begin with: `lookaside/path`. Without configuration a folder of the user's. */
export function lookasideBase(places: SignaturePlaces, reference: string, purpose: "read" | "write", env: Environment, facts: HostFacts): URL {
  const urls = candidates(places, reference).map(({ lookaside, staging }) => purpose === "write" ? staging ?? lookaside : lookaside);
  const top = urls.find((url) => url !== undefined) ?? `file://${facts.rootless ? join(dataHome(env, facts), "containers/sigstore") : "/var/lib/containers/sigstore"}`;
  const url = URL.parse(top);
  if (url === null) throw new EngineError("invalid-argument", `Invalid signature storage URL ${top}`);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${parseNormalized(reference).path}`;
  return url;
}

/** Whether signatures of this image are looked for, and written, as cosign's attachments. */
export function usesAttachments(places: SignaturePlaces, reference: string): boolean {
  return candidates(places, reference).find(({ attachments }) => attachments !== undefined)?.attachments ?? false;
}

/** For a scope as written in policy.json; "" is the default's. */
export function lookasideOfScope(places: SignaturePlaces, scope: string): string | undefined {
  const names = scope === "" ? [] : scopeCandidates(scope, true);
  return (names.map((name) => places.scopes.get(name)).find((place) => place !== undefined) ?? places.fallback)?.lookaside;
}

function candidates({ scopes, fallback }: SignaturePlaces, reference: string): readonly SignaturePlace[] {
  const found = scopeCandidates(reference, true).flatMap((scope) => scopes.get(scope) ?? []);
  return fallback === undefined ? found : [...found, fallback];
}

function yamlFiles(folder: string): readonly string[] {
  try { return readdirSync(folder).filter((name) => name.endsWith(".yaml")).sort(); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return [];
    throw within(`read directory ${JSON.stringify(folder)}`, error);
  }
}

async function parse(path: string): Promise<Record<string, unknown>> {
  const text = readTextFile(path) ?? "";
  const { parse: parseYaml } = await import("yaml");
  let value: unknown;
  try { value = parseYaml(text, { maxAliasCount: 100 }); } catch (error) { throw within(`parsing ${path}`, error); }
  return value === null || value === undefined ? {} : objectOf(value, path);
}

function placeOf(value: unknown, path: string): SignaturePlace {
  const table = objectOf(value ?? {}, path);
  const text = (name: string): string | undefined => { const found = table[name]; return typeof found === "string" && found !== "" ? found : undefined; };
  // The second names are older spellings.
  const lookaside = text("lookaside") ?? text("sigstore");
  const staging = text("lookaside-staging") ?? text("sigstore-staging");
  const attachments = table["use-sigstore-attachments"];
  return { ...(lookaside === undefined ? {} : { lookaside }), ...(staging === undefined ? {} : { staging }), ...(typeof attachments === "boolean" ? { attachments } : {}) };
}

function objectOf(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new EngineError("invalid-argument", `parsing ${path}: a mapping was expected`);
}

function twice(what: string, path: string): EngineError {
  return new EngineError("invalid-argument", `Error parsing signature storage configuration: ${JSON.stringify(what)} is defined a second time in ${JSON.stringify(path)}`);
}
