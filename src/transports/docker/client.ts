/** A client of one repository on one registry: OCI distribution-spec v1.1, with the ways of Docker Hub, Quay and GCR. */
import { EngineError, isEngineError, within } from "../../base/errors.ts";
import { maxManifestBytes } from "../../formats/manifest.ts";
import { mediaTypes } from "../../contract/types/oci.ts";
import { digestOf, isDigest } from "../../formats/digest.ts";
import { schema1Payload, schema1Types, signedSchema1 } from "../../formats/manifest-v1.ts";
import type { Credentials, ManifestBytes, RegistryAccess } from "../types.ts";
import { readAll } from "../verify.ts";
import { Authorizer } from "./auth.ts";
import { parseChallenges } from "./challenge.ts";
import { failureOf } from "./failures.ts";
import { send, type HttpRequest } from "./http.ts";
import { tlsOptions, type TlsOptions } from "./tls.ts";

export interface ClientOptions {
  /** `host[:port]` as in references. */
  readonly registry: string;
  /** Repository path. Empty for log-in checks. */
  readonly path: string;
  readonly access: RegistryAccess;
  readonly actions: "pull" | "pull,push";
  /** Overrides `access.isInsecure` (a mirror's own setting). */
  readonly insecure?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Overrides `access.credentials`. */
  readonly credentials?: Credentials;
}

const acceptedManifests = [mediaTypes.ociManifest, mediaTypes.dockerManifest, mediaTypes.ociIndex, mediaTypes.dockerIndex, ...schema1Types].join(", ");
/** 429: first pause, longest pause, tries (containers/image's numbers). */
const backoff = { firstMillis: 2000, longestMillis: 60_000, tries: 5 };
/** Pages and tags that a listing may have before it is called endless. */
const maxTagPages = 1000;
const maxTagPageBytes = 8 * 1024 * 1024;

export interface RegistryRequest extends Omit<HttpRequest, "url"> {
  /** Path with query, or an absolute URL that the registry itself gave (upload location). */
  readonly path: string;
  readonly extraScopes?: readonly string[];
  /** Sends no credentials. */
  readonly anonymous?: boolean;
}

/** What the ping found out. */
interface Properties { readonly base: URL; readonly authorizer: Authorizer }

export class RegistryClient {
  /** The host that is asked: Docker Hub's is not the one in its names. */
  readonly registry: string;
  readonly #named: string;
  readonly path: string;
  readonly #options: ClientOptions;
  readonly #tls: TlsOptions;
  readonly #insecure: boolean;
  #properties: Promise<Properties> | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#named = options.registry;
    this.registry = options.registry === "docker.io" ? "registry-1.docker.io" : options.registry;
    this.path = options.path;
    this.#insecure = options.insecure ?? options.access.isInsecure(options.registry);
    this.#tls = tlsOptions(options.access.certificateFolders(options.registry), this.#insecure, options.env);
  }

  /** `host/path`, for messages. */
  get name(): string { return `${this.#named}/${this.path}`; }

  /** Finds scheme and authentication, once. HTTP is tried only for insecure registries. @throws unavailable `pinging container registry …` */
  ping(signal?: AbortSignal): Promise<Properties> {
    this.#properties ??= this.#ping(signal).catch((error: unknown) => { this.#properties = undefined; throw within(`pinging container registry ${this.registry}`, error, "unavailable"); });
    return this.#properties;
  }

  async #ping(signal?: AbortSignal): Promise<Properties> {
    try { return await this.#pingAt(new URL(`https://${this.registry}/`), signal); } catch (error) {
      if (!this.#insecure) throw error;
      return this.#pingAt(new URL(`http://${this.registry}/`), signal);
    }
  }

  async #pingAt(base: URL, signal?: AbortSignal): Promise<Properties> {
    const response = await this.#patiently(() => send({ method: "GET", url: new URL("/v2/", base), ...(signal === undefined ? {} : { signal }) }, this.#tls), true, signal);
    if (response.status !== 200 && response.status !== 401) throw await failureOf(response, "");
    await response.body?.cancel();
    const { access, credentials } = this.#options;
    const authorizer = new Authorizer({
      registry: this.registry,
      challenges: parseChallenges(response.headers.get("www-authenticate")),
      credentials: credentials ?? await access.credentials(this.#named, this.path === "" ? undefined : this.path),
      credentialsFor: (host) => access.credentials(host),
      tls: this.#tls, allowPlain: this.#insecure,
    });
    return { base, authorizer };
  }

  /**
   * One authorised request. Waits and repeats on 429; asks for a wider token once when told so. The body of the answer is
   * the caller's to read or cancel.
   */
  async request({ path, extraScopes = [], anonymous = false, ...rest }: RegistryRequest): Promise<Response> {
    const { base, authorizer } = await this.ping(rest.signal);
    const url = new URL(path, base);
    // A registry may send uploads elsewhere, but our token is for its own host.
    const isHome = !anonymous && url.host === base.host && url.protocol === base.protocol;
    const isRepeatable = rest.body === undefined || rest.body instanceof Uint8Array;
    const attempt = async (scopes: readonly string[]): Promise<Response> => {
      const authorization = isHome ? await authorizer.header(scopes, rest.signal) : undefined;
      return send({ ...rest, url, headers: { ...rest.headers, ...(authorization === undefined ? {} : { authorization }) } }, this.#tls);
    };
    const scopes = [...(this.path === "" ? [] : [`repository:${this.path}:${this.#options.actions}`]), ...extraScopes];
    const response = await this.#patiently(() => attempt(scopes), isRepeatable, rest.signal);
    const wider = response.status === 401 && isRepeatable && isHome ? wantedScope(response) : undefined;
    if (wider === undefined || scopes.includes(wider)) return response;
    await response.body?.cancel();
    return attempt([...scopes, wider]);
  }

  async #patiently(attempt: () => Promise<Response>, isRepeatable: boolean, signal?: AbortSignal): Promise<Response> {
    let pauseMillis = backoff.firstMillis;
    for (let tries = 1; ; tries++) {
      const response = await attempt();
      if (response.status !== 429 || !isRepeatable || tries === backoff.tries) return response;
      await response.body?.cancel();
      await pause(Math.min(retryAfterMillis(response.headers.get("retry-after")) ?? pauseMillis, backoff.longestMillis), signal);
      pauseMillis *= 2;
    }
  }

  /** The manifest of a tag or digest, checked against the digest. @throws not-found/manifest-unknown `reading manifest …` */
  async manifest(tagOrDigest: string, signal?: AbortSignal): Promise<ManifestBytes> {
    const response = await this.request({ method: "GET", path: `/v2/${this.path}/manifests/${tagOrDigest}`, headers: { accept: acceptedManifests }, ...(signal === undefined ? {} : { signal }) });
    if (response.status !== 200) throw await failureOf(response, `reading manifest ${tagOrDigest} in ${this.name}`);
    const bytes = response.body === null ? new Uint8Array() : await readAll(response.body, maxManifestBytes, `manifest ${tagOrDigest} in ${this.name}`);
    const mediaType = response.headers.get("content-type") ?? "";
    // The signatures inside of such a manifest are no part of what its digest is of.
    const signed = mediaType.startsWith(signedSchema1) ? schema1Payload(bytes) : bytes;
    const digest = isDigest(tagOrDigest) ? digestOf(signed, tagOrDigest.startsWith("sha512:") ? "sha512" : "sha256") : digestOf(signed);
    if (isDigest(tagOrDigest) && digest !== tagOrDigest) {
      throw new EngineError("data-loss", `manifest ${tagOrDigest} in ${this.name}: digest did not match, got ${digest}`, { reason: "digest-mismatch" });
    }
    return { bytes, digest, mediaType };
  }

  /** Digest of a manifest without reading it; undefined when the registry does not say. */
  async manifestDigest(tagOrDigest: string, signal?: AbortSignal): Promise<string | undefined> {
    const response = await this.request({ method: "HEAD", path: `/v2/${this.path}/manifests/${tagOrDigest}`, headers: { accept: acceptedManifests }, ...(signal === undefined ? {} : { signal }) });
    if (response.status !== 200) throw await failureOf(response, `reading digest ${tagOrDigest} in ${this.name}`);
    const digest = response.headers.get("docker-content-digest") ?? "";
    return isDigest(digest) ? digest : undefined;
  }

  /** Every tag of the repository. @throws resource-exhausted when the registry never stops */
  async tags(signal?: AbortSignal): Promise<readonly string[]> {
    const tags: string[] = [];
    let path: string | undefined = `/v2/${this.path}/tags/list`;
    for (let page = 0; path !== undefined; page++) {
      if (page === maxTagPages) throw new EngineError("resource-exhausted", `tags of ${this.name} have more than ${maxTagPages} pages`);
      const response: Response = await this.request({ method: "GET", path, ...(signal === undefined ? {} : { signal }) });
      if (response.status !== 200) throw await failureOf(response, "fetching tags list");
      const document: unknown = JSON.parse(new TextDecoder().decode(response.body === null ? new Uint8Array() : await readAll(response.body, maxTagPageBytes, "tags list")));
      const list: unknown = typeof document === "object" && document !== null ? Reflect.get(document, "tags") : undefined;
      if (Array.isArray(list)) tags.push(...list.filter((tag): tag is string => typeof tag === "string"));
      path = nextPage(response.headers.get("link"));
    }
    return tags;
  }

  /** Throws unless the registry accepts the credentials. @throws unauthenticated */
  async checkLogin(signal?: AbortSignal): Promise<void> {
    const response = await this.request({ method: "GET", path: "/v2/", ...(signal === undefined ? {} : { signal }) });
    if (response.status === 200) { await response.body?.cancel(); return; }
    const failure = await failureOf(response, "");
    throw response.status === 401 ? new EngineError("unauthenticated", `unable to retrieve auth token: invalid username/password: ${failure.message}`) : failure;
  }
}

function wantedScope(response: Response): string | undefined {
  const challenge = parseChallenges(response.headers.get("www-authenticate")).find(({ scheme }) => scheme === "bearer");
  return challenge?.parameters["error"] === "insufficient_scope" ? challenge.parameters["scope"] : undefined;
}

/** The path of the next page that a `Link` header names. */
export function nextPage(link: string | null): string | undefined {
  const target = /^\s*<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "")?.[1];
  if (target === undefined) return undefined;
  const url = URL.parse(target, "http://registry.invalid/");
  // Only path and query: the host stays ours, whatever the header says.
  return url === null ? undefined : `${url.pathname}${url.search}`;
}

function retryAfterMillis(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const delta = Date.parse(header) - Date.now();
  return delta > 0 ? delta : undefined;
}

/** Sleeps; rejects with the signal's reason when aborted. */
export async function pause(millis: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, millis);
  const onAbort = (): void => { reject(signal?.reason instanceof Error ? signal.reason : new Error("aborted")); };
  signal?.addEventListener("abort", onAbort, { once: true });
  try { await promise; } finally { clearTimeout(timer); signal?.removeEventListener("abort", onAbort); }
}

/** True for failures that another try may not meet: the network's, and a registry that says so. */
export function isTemporary(error: unknown): boolean { return isEngineError(error, "unavailable"); }

