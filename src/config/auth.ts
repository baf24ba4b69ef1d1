/** Credentials for registries: looking them up, keeping and forgetting them. */
import { EngineError, isEngineError, messageOf } from "../base/errors.ts";
import { authFiles, primaryAuthFile, readAuthFile, writeAuthEntries, type AuthEntry, type AuthFile, type AuthOptions } from "./auth-file.ts";
import { askHelper, eraseFromHelper, listHelper, storeInHelper } from "./credential-helper.ts";
import type { Environment, HostFacts } from "./rootless.ts";

export interface AuthContext extends AuthOptions {
  readonly env: Environment;
  readonly facts: HostFacts;
  /** From registries.conf: helper names in order; `containers-auth.json` stands for the files. */
  readonly credentialHelpers?: readonly string[];
}

export interface RegistryCredentials { readonly username?: string; readonly password?: string; readonly identityToken?: string }

const fileHelper = "containers-auth.json";

/**
 * Credentials for a registry, namespace or repository (`quay.io`, `quay.io/team/app`): the most specific entry of the first
 * source that has one. undefined means anonymous. @throws EngineError for damaged files and failing helpers
 */
export async function findCredentials(key: string, context: AuthContext): Promise<RegistryCredentials | undefined> {
  isNamespaced(key);
  const registry = key.split("/")[0] ?? key;
  const failures: unknown[] = [];
  for (const helper of helpersOf(context)) {
    try {
      const found = helper === fileHelper ? await findInFiles(key, registry, context) : await fromHelper(helper, registry, context.env);
      if (found !== undefined) return found;
    } catch (error) { failures.push(error); }
  }
  if (failures.length === 0) return undefined;
  throw new EngineError("failed-precondition", `errors looking up credentials:\n\t* ${failures.map(messageOf).join("\nt* ")}\n`, { cause: failures[0] });
}

async function findInFiles(key: string, registry: string, context: AuthContext): Promise<RegistryCredentials | undefined> {
  for (const file of authFiles(context, context.env, context.facts)) {
    const found = await findInFile(key, registry, file, context.env);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function findInFile(key: string, registry: string, file: AuthFile, env: Environment): Promise<RegistryCredentials | undefined> {
  const content = readAuthFile(file);
  const helper = content.credHelpers[registry];
  if (helper !== undefined) return fromHelper(helper, registry, env);
  const exact = (file.format === "legacy" ? [registry] : lookupOrder(key)).find((name) => content.auths[name] !== undefined);
  // Old files have whole URLs as keys, and Docker's Hub still has.
  const name = exact ?? Object.keys(content.auths).find((candidate) => hostOfKey(candidate, file.format === "legacy") === hubName(registry));
  const found = name === undefined ? undefined : decodeEntry(content.auths[name] ?? {});
  if (found !== undefined || content.credsStore === undefined) return found;
  return fromHelper(content.credsStore, registry === "docker.io" ? "https://index.docker.io/v1/" : registry, env);
}

/** `a/b/c` → `a/b/c`, `a/b`, `a`. */
function lookupOrder(key: string): string[] {
  const parts = key.split("/");
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join("/"));
}

function hostOfKey(key: string, legacy: boolean): string {
  const stripped = key.replace(/^https?:\/\//, "");
  return hubName(legacy || stripped !== key ? stripped.split("/")[0] ?? "" : stripped);
}

function hubName(registry: string): string { return registry === "docker.io" || registry === "registry-1.docker.io" ? "index.docker.io" : registry; }

function decodeEntry(entry: AuthEntry): RegistryCredentials | undefined {
  const text = Buffer.from(entry.auth ?? "", "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon === -1) return undefined; // Docker's marker for "a helper has it"
  const token = entry.identitytoken ?? "";
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replaceAll("\0", ""), ...(token === "" ? {} : { identityToken: token }) };
}

async function fromHelper(helper: string, registry: string, env: Environment): Promise<RegistryCredentials | undefined> {
  const found = await askHelper(helper, registry, env);
  if (found === undefined) return undefined;
  return found.username === "<token>" ? { identityToken: found.secret } : { username: found.username, password: found.secret };
}

/**
 * Keeps credentials under `key`; atomic. Returns where, for a person to read. @throws EngineError
 */
export async function storeCredentials(key: string, credentials: { readonly username: string; readonly password: string }, context: AuthContext): Promise<string> {
  const edit = prepareEdit(key, context);
  const failures: unknown[] = [];
  for (const helper of edit.helpers) {
    try {
      if (helper === fileHelper) return await storeInFile(edit, credentials, context.env);
      return await storeWithHelper(helper, edit, credentials, context.env);
    } catch (error) { failures.push(error); }
  }
  throw new EngineError("failed-precondition", `Errors storing credentials\n\t* ${failures.map(messageOf).join("\n\t* ")}\n`, { cause: failures[0] });
}

interface Edit { readonly key: string; readonly namespaced: boolean; readonly file: AuthFile; readonly helpers: readonly string[] }

async function storeInFile(edit: Edit, credentials: { readonly username: string; readonly password: string }, env: Environment): Promise<string> {
  const helper = readAuthFile(edit.file).credHelpers[edit.key];
  if (helper !== undefined) return storeWithHelper(helper, edit, credentials, env);
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  writeAuthEntries(edit.file, ({ auths }) => ({ auths: { ...auths, [edit.key]: { auth } } }));
  return edit.file.path;
}

async function storeWithHelper(helper: string, edit: Edit, credentials: { readonly username: string; readonly password: string }, env: Environment): Promise<string> {
  if (edit.namespaced) throw new EngineError("invalid-argument", `namespaced key is not supported for credential helper ${helper}`);
  await storeInHelper(helper, edit.key, { username: credentials.username, secret: credentials.password }, env);
  return `credential helper: ${helper}`;
}

/** Forgets `key` wherever it is kept. false when nobody was logged in. @throws EngineError */
export async function removeCredentials(key: string, context: AuthContext): Promise<boolean> {
  const edit = prepareEdit(key, context);
  let removed = false;
  for (const helper of edit.helpers) {
    if (helper !== fileHelper) {
      removed = (!edit.namespaced && await eraseFromHelper(helper, edit.key, context.env)) || removed;
      continue;
    }
    const content = readAuthFile(edit.file);
    const inner = content.credHelpers[edit.key];
    if (inner !== undefined && !edit.namespaced) removed = (await eraseFromHelper(inner, edit.key, context.env)) || removed;
    if (content.auths[edit.key] === undefined) continue;
    writeAuthEntries(edit.file, ({ auths }) => ({ auths: Object.fromEntries(Object.entries(auths).filter(([name]) => name !== edit.key)) }));
    removed = true;
  }
  return removed;
}

/** Forgets everything. @throws EngineError */
export async function removeAllCredentials(context: AuthContext): Promise<void> {
  const { file } = primaryAuthFile(context, context.env);
  for (const helper of file.format === "docker" ? [fileHelper] : helpersOf(context)) {
    if (helper === fileHelper) {
      const content = readAuthFile(file);
      for (const [registry, inner] of Object.entries(content.credHelpers)) await eraseFromHelper(inner, registry, context.env);
      writeAuthEntries(file, () => ({ auths: {}, credHelpers: {} }));
      continue;
    }
    try {
      for (const registry of Object.keys(await listHelper(helper, context.env))) await eraseFromHelper(helper, registry, context.env);
    } catch (error) { if (!isEngineError(error, "program-missing")) throw error; }
  }
}

/** Every key with credentials, for the build's and the API's needs. */
export async function listCredentials(context: AuthContext): Promise<ReadonlyMap<string, RegistryCredentials>> {
  const keys = new Set<string>();
  for (const file of authFiles(context, context.env, context.facts)) {
    const content = readAuthFile(file);
    for (const key of [...Object.keys(content.credHelpers), ...Object.keys(content.auths)]) {
      const host = hostOfKey(key, file.format === "legacy");
      keys.add(host === "index.docker.io" ? "docker.io" : host);
    }
  }
  const found = await Promise.all([...keys].map(async (key) => [key, await findCredentials(key, context)] as const));
  return new Map(found.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

function prepareEdit(key: string, context: AuthContext): Edit {
  const namespaced = isNamespaced(key);
  const { file } = primaryAuthFile(context, context.env);
  if (file.format !== "docker") return { key, namespaced, file, helpers: helpersOf(context) };
  if (namespaced) throw new EngineError("invalid-argument", `Credentials cannot be recorded in Docker-compatible format with namespaced key ${JSON.stringify(key)}`);
  // Docker knows nothing of registries.conf, so its helpers do not count here.
  return { key: key === "docker.io" ? "https://index.docker.io/v1/" : key, namespaced, file, helpers: [fileHelper] };
}

function helpersOf(context: AuthContext): readonly string[] {
  const helpers = context.credentialHelpers ?? [];
  return helpers.length === 0 ? [fileHelper] : helpers;
}

/** @throws EngineError invalid-argument for URLs, tags and digests */
function isNamespaced(key: string): boolean {
  if (/^https?:\/\//.test(key)) throw new EngineError("invalid-argument", `key ${key} contains http[s]:// prefix`);
  if (key.includes("@")) throw new EngineError("invalid-argument", `key ${key} contains a '@' character`);
  const slash = key.indexOf("/");
  if (slash !== -1 && key.slice(slash).includes(":")) throw new EngineError("invalid-argument", `key ${key} contains a ':' character after host[:port]`);
  return slash !== -1;
}

/**
 * What `login` and `logout` take as REGISTRY: a host, a namespace, or a URL of which the host counts.
 * @throws EngineError invalid-argument for a tag or digest
 */
export function parseCredentialsKey(argument: string): { readonly key: string; readonly registry: string } {
  const key = /^https?:\/\//.test(argument) ? hostOfUrl(argument) : argument;
  isNamespaced(key);
  return { key, registry: key.split("/")[0] ?? key };
}

function hostOfUrl(text: string): string {
  try { return new URL(text).host; } catch (error) {
    throw new EngineError("invalid-argument", `trimming http{s} prefix: parse ${JSON.stringify(text)}: invalid URL`, { cause: error });
  }
}
