/**
 * Logging in to a registry. Credentials live with the client, also when the engine is remote: this is no operation of the engine
 * but the command's own work. podman-login(1).
 */
import { EngineError, isEngineError, within } from "../base/errors.ts";
import { findCredentials, parseCredentialsKey, storeCredentials, type AuthContext } from "../config/auth.ts";
import { primaryAuthFile, type AuthOptions } from "../config/auth-file.ts";
import { createRegistryAccess, type ConfiguredAccess } from "../config/registry-access.ts";
import { readHostFacts, type Environment } from "../config/rootless.ts";
import { RegistryClient } from "../transports/docker/client.ts";

export interface LoginRequest extends AuthOptions {
  /** Host, namespace or URL; the first search registry when absent. */
  readonly registry?: string | undefined;
  readonly certDir?: string | undefined;
  readonly tlsVerify?: boolean | undefined;
  readonly signal?: AbortSignal;
}

/** A log-in that is being talked over: what is known before a password is asked for. */
export interface LoginSession {
  readonly key: string;
  readonly registry: string;
  /** Stored credentials, if any. */
  readonly stored: { readonly username?: string; readonly password?: string; readonly identityToken?: string } | undefined;
  /** Asks the registry. false when it refuses them. @throws EngineError when it cannot be asked */
  readonly verify: (username: string, password: string) => Promise<boolean>;
  /** Keeps them; returns where. */
  readonly store: (username: string, password: string) => Promise<string>;
}

/** @throws EngineError invalid-argument for a bad key; those of the auth files */
export async function openLogin(request: LoginRequest, env: Environment): Promise<LoginSession> {
  const { access, context, key, registry } = prepare(request, env);
  const stored = await findCredentials(key, context).catch((error: unknown) => { throw within("get credentials", error); });
  return {
    key, registry, stored,
    verify: (username, password) => accepts(access, registry, { username, password }, env, request.signal),
    store: (username, password) => storeCredentials(key, { username, password }, context),
  };
}

/** What log-in and log-out share. */
export function prepare(request: LoginRequest, env: Environment): { readonly access: ConfiguredAccess; readonly context: AuthContext; readonly key: string; readonly registry: string } {
  const facts = readHostFacts(env);
  // Refuses contradicting options before anything is looked up.
  primaryAuthFile(request, env);
  const access = createRegistryAccess(request, env, facts);
  const context: AuthContext = { ...request, env, facts, credentialHelpers: access.registries().credentialHelpers };
  return { access, context, ...parseCredentialsKey(request.registry ?? firstRegistry(access)) };
}

function firstRegistry(access: ConfiguredAccess): string {
  const [first] = access.registries().searchRegistries;
  if (first === undefined) throw new EngineError("invalid-argument", "no registries found in registries.conf, a registry must be provided");
  return first;
}

/** True when the registry takes these credentials. @throws EngineError when it cannot be asked */
export async function accepts(access: ConfiguredAccess, registry: string, credentials: { readonly username: string; readonly password: string }, env: Environment, signal?: AbortSignal): Promise<boolean> {
  const client = new RegistryClient({ registry, path: "", access, actions: "pull", env, credentials });
  try { await client.checkLogin(signal); } catch (error) {
    if (isEngineError(error, "unauthenticated")) return false;
    throw error;
  }
  return true;
}
