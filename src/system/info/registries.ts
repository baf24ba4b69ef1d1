/** The `registries` part of info: search list and per-registry settings, as registries.conf says. */
import { within } from "../../base/errors.ts";
import { loadRegistries, type RegistriesConfig } from "../../config/registries.ts";
import { readHostFacts } from "../../config/rootless.ts";
import type { EngineContext } from "../../engine/context.ts";

function load(context: EngineContext): RegistriesConfig {
  try { return loadRegistries(context.env, readHostFacts(context.env)); } catch (error) { throw within("getting registries", error); }
}

export function registriesInfo(context: EngineContext): Readonly<Record<string, unknown>> {
  const { searchRegistries, registries } = load(context);
  const entries = registries.map((registry) => [registry.prefix, {
    Prefix: registry.prefix, Location: registry.location, Insecure: registry.insecure, Blocked: registry.blocked, PullFromMirror: "",
    Mirrors: registry.mirrors.length === 0 ? null : registry.mirrors.map(({ location, insecure }) => ({ Location: location, Insecure: insecure, PullFromMirror: "" })), MirrorByDigestOnly: registry.mirrorByDigestOnly,
  }]);
  return { ...Object.fromEntries(entries) as Record<string, unknown>, ...(searchRegistries.length > 0 && { search: searchRegistries }) };
}
