/** What the transports ask of the configuration when they speak to a registry. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findCredentials, type AuthContext, type RegistryCredentials } from "./auth.ts";
import type { AuthOptions } from "./auth-file.ts";
import { isInsecureRegistry, loadRegistries, resolveRegistry, type PullEndpoint, type RegistriesConfig } from "./registries.ts";
import { configHome, readHostFacts, type Environment, type HostFacts } from "./rootless.ts";

export interface AccessOptions extends AuthOptions {
  /** `--creds` and the API's header. */
  readonly credentials?: RegistryCredentials;
  /** `--tls-verify`; undefined leaves it to registries.conf. */
  readonly tlsVerify?: boolean | undefined;
  /** `--cert-dir`. */
  readonly certDir?: string | undefined;
}

/** The transports' `RegistryAccess` (they lie above us, so it is met by shape), with mirrors. registries.conf is read at first need. */
export interface ConfiguredAccess {
  credentials(registry: string, repository?: string): Promise<RegistryCredentials | undefined>;
  isInsecure(registry: string): boolean;
  certificateFolders(registry: string): readonly string[];
  readonly registries: () => RegistriesConfig;
  /** Where to read a qualified reference from, in order. @throws EngineError permission-denied/blocked-registry */
  readonly endpoints: (reference: string) => PullEndpoint[];
}

export function createRegistryAccess(options: AccessOptions, env: Environment, facts: HostFacts = readHostFacts(env)): ConfiguredAccess {
  let loaded: RegistriesConfig | undefined;
  const registries = (): RegistriesConfig => loaded ??= loadRegistries(env, facts);
  const insecure = (configured: () => boolean): boolean => (options.tlsVerify === undefined ? configured() : !options.tlsVerify);
  return {
    registries,
    async credentials(registry, repository) {
      if (options.credentials !== undefined) return options.credentials;
      const context: AuthContext = { ...options, env, facts, credentialHelpers: registries().credentialHelpers };
      return findCredentials(repository === undefined || repository === "" ? registry : `${registry}/${repository}`, context);
    },
    isInsecure: (registry) => insecure(() => isInsecureRegistry(registries(), registry)),
    certificateFolders: (registry) => certificateFolders(registry, options.certDir, env, facts),
    endpoints: (reference) => resolveRegistry(registries(), reference).map((endpoint) => ({ ...endpoint, insecure: insecure(() => endpoint.insecure) })),
  };
}

/** Folders with `*.crt`, `*.cert` and `*.key` for `host:port` (containers-certs.d(5)). `--cert-dir` is used alone. */
function certificateFolders(registry: string, certDir: string | undefined, env: Environment, facts: HostFacts): string[] {
  if (certDir !== undefined && certDir !== "") return [certDir];
  return [join(configHome(env, facts), "containers/certs.d"), join(facts.etcDir, "certs.d"), "/etc/docker/certs.d"]
    .map((folder) => join(folder, registry)).filter((folder) => existsSync(folder));
}
