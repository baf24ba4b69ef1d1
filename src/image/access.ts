/** Registry access, policy and copy settings of one call, from its input and the configuration. */
import { EngineError, isEngineError } from "../base/errors.ts";
import { parseGoDuration } from "../formats/list-filters.ts";
import { createRegistryAccess } from "../config/registry-access.ts";
import { loadPolicy, policyPath, type Policy } from "../config/policy.ts";
import { readHostFacts } from "../config/rootless.ts";
import { loadRegistries, type RegistriesConfig } from "../config/registries.ts";
import type { CallOptions } from "../contract/kit.ts";
import type { RegistryAuth } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import type { CopyOptions, LayerDecryption, RegistryAccess } from "../transports/types.ts";

export interface AccessInput {
  readonly authFile?: string | undefined;
  readonly certDir?: string | undefined;
  readonly tlsVerify?: boolean | undefined;
  readonly credentials?: RegistryAuth | undefined;
}

/** Explicit credentials go to the named registry only; `storedCredentials` is what files and helpers say. */
export function accessOf(context: EngineContext, input: AccessInput): RegistryAccess {
  const options = { authFile: input.authFile, certDir: input.certDir, tlsVerify: input.tlsVerify };
  const stored = createRegistryAccess(options, context.env);
  const given = input.credentials;
  if (given === undefined || (given.username === undefined && given.identitytoken === undefined)) return stored;
  const credentials = { ...(given.username === undefined ? {} : { username: given.username, password: given.password ?? "" }), ...(given.identitytoken === undefined ? {} : { identityToken: given.identitytoken }) };
  return { ...createRegistryAccess({ ...options, credentials }, context.env), storedCredentials: (registry, repository) => stored.credentials(registry, repository) };
}

export function registriesOf(context: EngineContext): RegistriesConfig { return loadRegistries(context.env, readHostFacts(context.env)); }

/** An image in the words of policy.json: `scope` as its transport writes it there, `reference` where the place gives a Docker reference. */
export interface PolicySubject { readonly transport: string; readonly scope: string; readonly reference?: string }

/**
 * The question to policy.json that a copy asks of every manifest. A machine that has none at all (no containers-common package)
 * accepts, as its only user decided nothing; a policy that was named must exist. @throws not-found, invalid-argument
 */
export function admission(context: EngineContext, subject: PolicySubject, signaturePolicy?: string): Pick<CopyOptions, "admit"> {
  const policy = findPolicy(context, signaturePolicy);
  if (policy === undefined) return {};
  return {
    admit: async (manifest, signatures) => {
      const { admit } = await import("../transports/signature/evaluate.ts");
      const { parseSignature } = await import("../transports/signature/blob.ts");
      await admit(policy, { ...subject, manifest, env: context.env, signatures: async () => (await signatures()).map(parseSignature) });
    },
  };
}

function findPolicy(context: EngineContext, signaturePolicy: string | undefined): Policy | undefined {
  const isNamed = signaturePolicy !== undefined && signaturePolicy !== "";
  try { return loadPolicy(policyPath(signaturePolicy, context.env, readHostFacts(context.env))); } catch (error) {
    if (!isNamed && isEngineError(error, "not-found")) return undefined;
    throw error;
  }
}

/**
 * For places where layers are unpacked: those that are encrypted are decrypted or refused. Without keys nothing of it is loaded
 * before such a layer comes. @throws invalid-argument `invalid decryption keys: …`
 */
export async function decrypting({ env }: EngineContext, keys: readonly string[] = []): Promise<Required<Pick<CopyOptions, "decryption">>> {
  const load = async (): Promise<LayerDecryption> => (await import("../transports/encryption/layer.ts")).layerDecryption(keys, env);
  if (keys.length > 0) return { decryption: await load() };
  return { decryption: { open: async function* (data, annotations, digest) { yield* (await load()).open(data, annotations, digest); } } };
}

/** Where large temporary data goes: containers/image's rule. */
export function temporaryFolder(context: EngineContext): string {
  const chosen = context.env["TMPDIR"] ?? "";
  return chosen === "" ? "/var/tmp" : chosen;
}

/** Retries are told even when progress is not. */
function withWarnings(context: EngineContext, { onProgress }: CallOptions): NonNullable<CallOptions["onProgress"]> {
  return (event) => { if (event.key === "warning") context.warn(event.message); else onProgress?.(event); };
}

/** Retries, delay and parallelism from flags, else from containers.conf. @throws invalid-argument for a bad delay */
export function copyOptionsOf(context: EngineContext, input: { readonly retry?: number | undefined; readonly retryDelay?: string | undefined }, call: CallOptions = {}): CopyOptions {
  const { retries, retryDelay, imageParallelCopies } = context.config.engine;
  const delayText = input.retryDelay ?? retryDelay ?? "";
  const delay = delayText === "" ? undefined : parseGoDuration(delayText);
  if (delayText !== "" && delay === undefined) throw new EngineError("invalid-argument", `time: invalid duration ${JSON.stringify(delayText)}`);
  return {
    retries: input.retry ?? retries, ...(delay === undefined ? {} : { retryDelayMillis: delay }),
    parallel: imageParallelCopies > 0 ? imageParallelCopies : 6,
    ...(call.signal === undefined ? {} : { signal: call.signal }), onProgress: withWarnings(context, call),
  };
}
