/** The `registries` part of info: search list and per-registry settings, as registries.conf says. */
import { loadRegistries } from "../../config/registries.ts";
import { readHostFacts } from "../../config/rootless.ts";
import type { EngineContext } from "../../engine/context.ts";

export function registriesInfo(context: EngineContext): Readonly<Record<string, unknown>> {
  const { searchRegistries, registries } = loadRegistries(context.env, readHostFacts(context.env));
  const entries = registries.map((registry) => [registry.prefix, {
    Prefix: registry.prefix, Location: registry.location, Insecure: registry.insecure, Blocked: registry.blocked, PullFromMirror: "",
    Mirrors: registry.mirrors.map(({ location, insecure }) => ({ Location: location, Insecure: insecure, PullFromMirror: "" })), MirrorByDigestOnly: registry.mirrorByDigestOnly,
  }]);
  return { ...Object.fromEntries(entries) as Record<string, unknown>, ...(searchRegistries.length > 0 && { search: searchRegistries }) };
}
