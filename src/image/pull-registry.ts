/** Pulling one name from registries: what a short name may mean, the pull policy, each candidate in turn. */
import { EngineError, isEngineError, messageOf, within } from "../base/errors.ts";
import type { ImageConfig, Platform } from "../contract/types/oci.ts";
import { hostPlatform } from "../formats/manifest.ts";
import type { PullPolicy } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import { cannotAsk, resolveShortName, type ShortNameResolution } from "../config/short-names.ts";
import { shortNameFile } from "../config/short-name-file.ts";
import { readHostFacts } from "../config/rootless.ts";
import { parseNormalized, withDefaultTag, formatReference } from "../formats/reference.ts";
import { copyImage, waitForRetry } from "../transports/copy.ts";
import { isTemporary, RegistryClient } from "../transports/docker/client.ts";
import { openDockerSource } from "../transports/docker/source.ts";
import { openStorageDestination } from "../transports/storage/destination.ts";
import type { CopyOptions, ImageLocation, ImageSource, RegistryAccess } from "../transports/types.ts";
import { admission, registriesOf, temporaryFolder } from "./access.ts";
import { readImage } from "./facts.ts";
import { extendTimeout } from "./extend-timeout.ts";
import { findImage, manifestDigests, unknownImage, type FoundImage } from "./lookup.ts";
import type { PulledImage } from "./pull.ts";

export interface RegistryPull {
  readonly context: EngineContext;
  readonly access: RegistryAccess;
  readonly policy: PullPolicy;
  readonly copy: CopyOptions;
  readonly customPlatform: boolean;
  readonly say: (message: string) => void;
  readonly signaturePolicy?: string | undefined;
}

/** @throws see image.pull; with several candidates one error that lists all */
export async function pullFromRegistry(request: RegistryPull, name: string): Promise<PulledImage> {
  const { context, customPlatform } = request;
  const local = await usableLocal(context, name, request.copy.platform);
  // A local image may state a wrong platform, so a wanted one is always compared with the registry.
  const policy = customPlatform && (request.policy === "missing" || request.policy === "newer") ? "newer" : request.policy;
  if (policy === "never") {
    if (local === undefined) throw unknownImage(name);
    return pulled(local);
  }
  if (policy === "missing" && local !== undefined) return pulled(local);
  if (local !== undefined && local.image.id.startsWith(name)) {
    if (policy === "always") throw new EngineError("invalid-argument", `pull policy is always but image has been referred to by ID (${name})`);
    return pulled(local);
  }
  // What is called `foo` here was `localhost/foo` or `quay.io/…/foo` before: stay with that.
  const wanted = local !== undefined && !customPlatform ? local.name : name;
  return pullCandidates(request, resolveCandidates(context, wanted), policy, local);
}

function pulled({ image, name }: FoundImage): PulledImage { return { id: image.id, name }; }

/** A damaged local image counts as absent, because pulling repairs it, and so does one for another platform than a foreign one that is wanted. */
async function usableLocal(context: EngineContext, name: string, platform: Platform | undefined): Promise<FoundImage | undefined> {
  const found = await findImage(context, name, platform === undefined ? {} : { platform });
  if (found === undefined) return undefined;
  try {
    const { config } = readImage(await context.store(), found.image);
    return platform === undefined || isFor(config, platform) ? found : undefined;
  } catch { return undefined; }
}

/** Images that say a wrong platform are common, so only what differs from this machine is compared. */
function isFor(config: ImageConfig, { os, architecture }: Platform): boolean {
  const host = hostPlatform();
  return (os === host.os || os === config.os) && (architecture === host.architecture || architecture === config.architecture);
}

function resolveCandidates(context: EngineContext, name: string): ShortNameResolution {
  const parsed = parseNormalized(name);
  // A qualified name needs no configuration to be resolved.
  if (name.startsWith(`${parsed.domain}/`)) return { candidates: [formatReference(withDefaultTag(parsed))], ask: false };
  const registries = registriesOf(context);
  const resolution = resolveShortName(name, registries, shortNameFile(context.env, readHostFacts(context.env)));
  if (resolution.ask && registries.shortNameMode === "enforcing") throw cannotAsk();
  return resolution;
}

async function pullCandidates(request: RegistryPull, resolution: ShortNameResolution, policy: PullPolicy, local: FoundImage | undefined): Promise<PulledImage> {
  const failures: unknown[] = [];
  let said = false;
  for (const reference of resolution.candidates) {
    try {
      if (policy === "newer" && local !== undefined && !await isNewer(request, reference, local)) continue;
      if (!said && resolution.description !== undefined) request.say(resolution.description);
      said = true;
      return await pullOne(request, reference);
    } catch (error) {
      request.copy.signal?.throwIfAborted();
      failures.push(error);
    }
  }
  if (policy === "newer" && local !== undefined) return pulled(local);
  const [first] = failures;
  if (failures.length === 1 && first !== undefined) throw first;
  throw severalFailures(failures);
}

function severalFailures(failures: readonly unknown[]): EngineError {
  const first = failures.find((failure) => isEngineError(failure));
  const text = `${failures.length} errors occurred while pulling:\n * ${failures.map(messageOf).join("\n * ")}`;
  return new EngineError(first?.code ?? "internal", text, first?.reason === undefined ? {} : { reason: first.reason });
}

async function isNewer({ access, context, copy }: RegistryPull, reference: string, { image }: FoundImage): Promise<boolean> {
  const { domain, path, tag, digest } = parseNormalized(reference);
  const client = new RegistryClient({ registry: domain, path, access, actions: "pull", env: context.env });
  const remote = await client.manifestDigest(digest ?? tag ?? "latest", copy.signal) ?? (await client.manifest(digest ?? tag ?? "latest", copy.signal)).digest;
  return !manifestDigests(image).includes(remote);
}

/** Off unless storage.conf or --pull-option says otherwise, as in containers/storage. */
function takesParts({ config }: EngineContext): boolean { return config.storage.pullOptions["enable_partial_images"]?.toLowerCase() === "true"; }

async function pullOne(request: RegistryPull, reference: string): Promise<PulledImage> {
  const { context, copy, signaturePolicy } = request;
  const location: ImageLocation = { transport: "docker", display: `docker://${reference}`, reference };
  request.say(`Trying to pull ${reference}...`);
  using _time = extendTimeout(context, reference, request.say);
  try {
    const judged = admission(context, { transport: "docker", scope: reference, reference }, signaturePolicy);
    await using source = await openWithRetry(request, location, reference);
    await using destination = openStorageDestination({ transport: "containers-storage", display: reference, reference }, { store: await context.store(), names: [reference], temporaryFolder: temporaryFolder(context), partial: takesParts(context) });
    await copyImage(source, destination, { ...copy, ...judged });
    return { id: destination.image().id, name: reference };
  } catch (error) { throw within(`unable to copy from source ${location.display}`, error); }
}

async function openWithRetry({ access, context, copy }: RegistryPull, location: ImageLocation, reference: string): Promise<ImageSource> {
  const { retries = 0, retryDelayMillis, signal } = copy;
  for (let attempt = 0; ; attempt++) {
    try {
      return await openDockerSource({ location, reference, access, env: context.env, ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      const failure = within(`initializing source ${location.display}`, error);
      if (attempt >= retries || !isTemporary(error)) throw failure;
      await waitForRetry(attempt, retries, retryDelayMillis, failure, copy);
    }
  }
}
