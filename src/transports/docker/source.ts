/** `docker://` to read: a repository, or the first of its mirrors that has the image. Broken downloads go on where they broke. */
import { EngineError, isEngineError, messageOf, within } from "../../base/errors.ts";
import type { ByteStream, CallOptions } from "../../contract/kit.ts";
import type { Descriptor } from "../../contract/types/oci.ts";
import { parseDigest } from "../../formats/digest.ts";
import { isSchema1 } from "../../formats/manifest.ts";
import { parseNormalized } from "../../formats/reference.ts";
import type { BlobRange, ImageLocation, ImageSource, PullSource, RegistryAccess } from "../types.ts";
import { isTemporary, pause, RegistryClient } from "./client.ts";
import { connectionFailure, failureOf } from "./failures.ts";

/** Tries to go on with a broken download that brought nothing new since the last try. */
const maxIdleResumes = 5;
const firstPauseMillis = 100;

export interface DockerSourceOptions extends CallOptions {
  readonly location: ImageLocation;
  readonly reference: string;
  readonly access: RegistryAccess;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens the image: the manifest is read now, so that a mirror without the image is passed over.
 * @throws not-found/manifest-unknown, unauthenticated, permission-denied/blocked-registry, unavailable
 */
export async function openDockerSource(options: DockerSourceOptions): Promise<ImageSource> {
  const places = options.access.endpoints?.(options.reference) ?? [{ reference: options.reference, insecure: options.access.isInsecure(parseNormalized(options.reference).domain) }];
  const failures: { readonly place: PullSource; readonly error: unknown }[] = [];
  for (const place of places) {
    try { return await openPlace(options, place); } catch (error) { failures.push({ place, error }); }
    options.signal?.throwIfAborted();
  }
  const last = failures.pop();
  if (last === undefined) throw new EngineError("internal", `no place to pull ${options.reference} from`);
  if (failures.length === 0) throw last.error;
  const mirrors = failures.map(({ place, error }) => `[${place.reference}: ${messageOf(error)}]`).join("\n");
  throw within(`(Mirrors also failed: ${mirrors}): ${last.place.reference}`, last.error);
}

async function openPlace({ location, access, env, signal, reference }: DockerSourceOptions, place: PullSource): Promise<ImageSource> {
  const { domain, path, tag, digest } = parseNormalized(place.reference);
  const isPrimary = domain === parseNormalized(reference).domain;
  const client = new RegistryClient({ registry: domain, path, access: isPrimary ? access : withoutExplicit(access), actions: "pull", insecure: place.insecure, env });
  const top = await client.manifest(digest ?? tag ?? "latest", signal);
  const source: ImageSource = {
    location,
    manifest: async (wanted) => (wanted === undefined || wanted === top.digest ? top : client.manifest(wanted, signal)),
    blob: async (descriptor, call = {}) => openBlob(client, descriptor, call),
    range: async (descriptor, part, call = {}) => openRange(client, descriptor, part, call.signal),
    signatures: async (wanted) => (await import("./signatures.ts")).readSignatures(client, place.reference, wanted ?? top.digest, { env, ...(signal === undefined ? {} : { signal }) }),
    async [Symbol.asyncDispose]() { /* connections are fetch's */ },
  };
  if (!isSchema1(top.bytes, top.mediaType)) return source;
  return (await import("./schema1.ts")).convertSchema1(source, top, env["TMPDIR"] ?? "/var/tmp", signal);
}

/** `--creds` belong to the named registry; mirrors get what is stored for them. */
function withoutExplicit(access: RegistryAccess): RegistryAccess {
  return access.storedCredentials === undefined ? access : { ...access, credentials: access.storedCredentials };
}

async function openBlob(client: RegistryClient, descriptor: Descriptor, { signal, offset = 0 }: CallOptions & { readonly offset?: number }): Promise<ByteStream> {
  parseDigest(descriptor.digest);
  const first = await openExternal(descriptor, signal) ?? await get(client, descriptor, offset, signal);
  return resuming(first, client, { digest: descriptor.digest, start: offset, end: descriptor.size, isPart: false }, signal);
}

/** undefined when the registry answers with the whole blob, or says that it cannot do this. */
async function openRange(client: RegistryClient, { digest, size }: Descriptor, { offset, length }: BlobRange, signal?: AbortSignal): Promise<ByteStream | undefined> {
  parseDigest(digest);
  const wanted = { digest, start: offset, end: Math.min(size, offset + length), isPart: true };
  const response = await client.request({ method: "GET", path: `/v2/${client.path}/blobs/${digest}`, headers: { range: rangeOf(wanted, offset) }, ...(signal === undefined ? {} : { signal }) });
  if (response.status === 206 && startOf(response) === offset) return resuming(response, client, wanted, signal);
  if (response.status !== 200 && response.status !== 206 && response.status !== 400 && response.status !== 416) throw await failureOf(response, "fetching partial blob");
  await response.body?.cancel();
  return undefined;
}

/** What a download is to bring. */
interface Wanted { readonly digest: string; readonly start: number; readonly end: number; readonly isPart: boolean }
function rangeOf({ end, isPart }: Wanted, from: number): string { return `bytes=${from}-${isPart ? end - 1 : ""}`; }

async function get(client: RegistryClient, { digest }: Pick<Descriptor, "digest">, offset: number, signal?: AbortSignal, range = `bytes=${offset}-`): Promise<Response> {
  const headers: Record<string, string> = offset > 0 ? { range } : {};
  const response = await client.request({ method: "GET", path: `/v2/${client.path}/blobs/${digest}`, headers, ...(signal === undefined ? {} : { signal }) });
  if (response.status === 200 || (response.status === 206 && offset > 0 && startOf(response) === offset)) return response;
  throw response.status === 206 ? new EngineError("unavailable", `fetching blob: registry sent another range of ${digest} than asked for`) : await failureOf(response, "fetching blob");
}

function startOf(response: Response): number { return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN); }

/** Foreign layers name their own addresses. They get no credentials, no certificates of ours (CVE-2020-15157). */
async function openExternal({ urls }: Descriptor, signal?: AbortSignal): Promise<Response | undefined> {
  for (const address of urls ?? []) {
    const url = URL.parse(address);
    if (url?.protocol !== "https:") continue;
    const response = await fetch(url, { ...(signal === undefined ? {} : { signal }), decompress: false, credentials: "omit" }).catch((error: unknown) => { throw connectionFailure(error, "GET", url); });
    if (response.status === 200) return response;
    await response.body?.cancel();
  }
  return undefined;
}

/** Reads on after a break: a ranged request from where it broke, with growing pauses; progress resets the count. */
async function* resuming(first: Response, client: RegistryClient, wanted: Wanted, signal?: AbortSignal): ByteStream {
  let response = first;
  let position = wanted.start;
  for (let idle = 0, before = position; ; before = position) {
    try {
      for await (const chunk of bodyOf(response, position)) { yield chunk; position += chunk.length; }
      if (position >= wanted.end) return;
      // A connection closed early can look like a normal end.
      throw new EngineError("unavailable", `connection closed after ${position} of ${wanted.end} bytes`);
    } catch (error) {
      signal?.throwIfAborted();
      const failure = connectionFailure(error, "GET", new URL(`https://${client.registry}/v2/${client.path}/blobs/${wanted.digest}`));
      idle = position > before ? 0 : idle + 1;
      if (!isTemporary(failure) || idle > maxIdleResumes) throw within(`reading blob ${wanted.digest}`, failure);
      response = await reopen(client, wanted, position, { idle, cause: failure }, signal);
    }
  }
}

async function reopen(client: RegistryClient, wanted: Wanted, position: number, { idle, cause }: { readonly idle: number; readonly cause: unknown }, signal?: AbortSignal): Promise<Response> {
  for (let tries = idle; ; tries++) {
    await pause(firstPauseMillis * 2 ** tries, signal);
    try { return await get(client, wanted, position, signal, rangeOf(wanted, position)); } catch (error) {
      if (!isTemporary(error) && !isEngineError(error, "resource-exhausted")) throw error;
      if (tries >= maxIdleResumes) throw within(`reading blob ${wanted.digest}`, cause);
    }
  }
}

/** The body from `position` on; a server that ignores ranges sends all of it again, and the known part is skipped. */
async function* bodyOf(response: Response, position: number): ByteStream {
  let skip = response.status === 206 ? 0 : position;
  if (response.body === null) return;
  for await (const chunk of response.body) {
    const fresh = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
    skip -= Math.min(skip, chunk.length);
    if (fresh.length > 0) yield fresh;
  }
}

