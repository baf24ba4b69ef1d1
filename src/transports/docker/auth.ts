/**
 * Proving who we are to a registry: basic, and bearer tokens by distribution's token specification (GET) or OAuth2 with a
 * refresh token (POST). Secrets go to the registry's own host, or to a token server of the same site, and nowhere else.
 */
import { EngineError } from "../../base/errors.ts";
import type { Credentials } from "../types.ts";
import { readAll } from "../verify.ts";
import type { Challenge } from "./challenge.ts";
import { failureOf } from "./failures.ts";
import { send } from "./http.ts";
import type { TlsOptions } from "./tls.ts";

/** As containers/image. */
const maxTokenBytes = 1024 * 1024;
const minLifetimeSeconds = 60;

export interface AuthRequest {
  readonly registry: string;
  readonly challenges: readonly Challenge[];
  readonly credentials: Credentials | undefined;
  /** Credentials that the user stored for a token server's own host. */
  readonly credentialsFor: (host: string) => Promise<Credentials | undefined>;
  readonly tls: TlsOptions;
  readonly allowPlain: boolean;
  readonly signal?: AbortSignal;
}

interface Token { readonly value: string; readonly expiresAt: number }

/** Authorization headers for one registry; tokens are kept until they expire. */
export class Authorizer {
  readonly #request: AuthRequest;
  readonly #tokens = new Map<string, Promise<Token>>();
  constructor(request: AuthRequest) { this.#request = request; }

  /** The header's value, or undefined when the registry asked for nothing. `scopes` as in `repository:library/x:pull`. */
  async header(scopes: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
    const { challenges, credentials } = this.#request;
    const usable = challenges.find(({ scheme }) => scheme === "basic" || scheme === "bearer");
    if (usable === undefined) return undefined;
    if (usable.scheme === "basic") return credentials?.username === undefined ? undefined : basic(credentials.username, credentials.password ?? "");
    return `Bearer ${await this.#token(usable, scopes, signal)}`;
  }

  async #token(challenge: Challenge, scopes: readonly string[], signal?: AbortSignal): Promise<string> {
    const key = scopes.join(" ");
    const known = await this.#tokens.get(key)?.catch(() => undefined);
    if (known !== undefined && known.expiresAt > Date.now()) return known.value;
    const fresh = obtain(this.#request, challenge, scopes, signal);
    this.#tokens.set(key, fresh);
    return (await fresh).value;
  }
}

function basic(username: string, password: string): string { return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`; }

async function obtain(request: AuthRequest, challenge: Challenge, scopes: readonly string[], signal?: AbortSignal): Promise<Token> {
  const realm = URL.parse(challenge.parameters["realm"] ?? "");
  if (realm === null || (realm.protocol !== "https:" && realm.protocol !== "http:")) throw new EngineError("failed-precondition", "missing realm in bearer auth challenge");
  if (realm.protocol === "http:" && !request.allowPlain && request.credentials !== undefined) {
    throw new EngineError("permission-denied", `registry "${request.registry}" asks to send credentials unencrypted to "${realm.host}"`);
  }
  const credentials = await credentialsForRealm(request, realm);
  const service = challenge.parameters["service"];
  const common: [string, string][] = [...(service === undefined || service === "" ? [] : [["service", service] satisfies [string, string]]), ...scopes.map((scope): [string, string] => ["scope", scope])];
  const response = credentials?.identityToken === undefined ? await byGet(request, realm, common, credentials, signal) : await byRefreshToken(request, realm, common, credentials.identityToken, signal);
  if (response.status === 401) throw new EngineError("unauthenticated", `unable to retrieve auth token: invalid username/password: ${(await failureOf(response, "")).message}`);
  if (response.status !== 200) throw await failureOf(response, credentials?.identityToken === undefined ? "Requesting bearer token" : "Trying to obtain access token");
  return readToken(response);
}

function byGet(request: AuthRequest, realm: URL, common: readonly [string, string][], credentials: Credentials | undefined, signal?: AbortSignal): Promise<Response> {
  const username = credentials?.username ?? "";
  const url = new URL(realm);
  if (username !== "") url.searchParams.append("account", username);
  for (const [name, value] of common) url.searchParams.append(name, value);
  const headers: Record<string, string> = username === "" || (credentials?.password ?? "") === "" ? {} : { authorization: basic(username, credentials?.password ?? "") };
  return send({ method: "GET", url, headers, ...(signal === undefined ? {} : { signal }) }, tlsFor(request, realm));
}

function byRefreshToken(request: AuthRequest, realm: URL, common: readonly [string, string][], token: string, signal?: AbortSignal): Promise<Response> {
  const form = new URLSearchParams([...common, ["grant_type", "refresh_token"], ["refresh_token", token], ["client_id", "containers/image"]]);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return send({ method: "POST", url: realm, headers, body: new TextEncoder().encode(form.toString()), ...(signal === undefined ? {} : { signal }) }, tlsFor(request, realm));
}

/** The client certificate is the registry's own affair. */
function tlsFor({ registry, tls }: AuthRequest, realm: URL): TlsOptions {
  if (realm.host === registry) return tls;
  const { cert: _cert, key: _key, ...rest } = tls;
  return rest;
}

/**
 * A registry may name any token server. Without this check a hostile registry (or mirror) reads the user's password by
 * naming its own. Same site: same host, or hosts that share their registrable domain. Else only what was stored for that host.
 */
async function credentialsForRealm({ registry, credentials, credentialsFor }: AuthRequest, realm: URL): Promise<Credentials | undefined> {
  if (credentials === undefined || isSameSite(hostOf(registry), realm.hostname)) return credentials;
  const stored = await credentialsFor(realm.host);
  if (stored !== undefined) return stored;
  throw new EngineError("permission-denied", `registry "${registry}" asks to send its credentials to another site, "${realm.host}"`, { hint: `if that is right, store them for it too: podman login ${realm.host}` });
}

function hostOf(registry: string): string { return URL.parse(`https://${registry}`)?.hostname ?? registry; }

/** Exported for tests. */
export function isSameSite(a: string, b: string): boolean {
  if (a === b) return true;
  if (isAddress(a) || isAddress(b)) return false;
  return siteOf(a) !== undefined && siteOf(a) === siteOf(b);
}
function isAddress(host: string): boolean { return host.startsWith("[") || /^[0-9.]+$/.test(host); }

/** The last two labels, or three below a country's second level (`co.uk`, `com.au`): a close guess at the registrable domain without the public suffix list. */
function siteOf(host: string): string | undefined {
  const labels = host.toLowerCase().split(".");
  const [second = "", top = ""] = labels.slice(-2);
  const count = top.length === 2 && second.length <= 3 ? 3 : 2;
  return labels.length < count ? undefined : labels.slice(-count).join(".");
}

async function readToken(response: Response): Promise<Token> {
  const body = response.body === null ? new Uint8Array() : await readAll(response.body, maxTokenBytes, "token answer");
  let document: unknown;
  try { document = JSON.parse(new TextDecoder().decode(body)); } catch (error) { throw new EngineError("failed-precondition", "decoding bearer token: not JSON", { cause: error }); }
  const field = (name: string): unknown => (typeof document === "object" && document !== null ? Reflect.get(document, name) : undefined);
  const value = [field("token"), field("access_token")].find((candidate) => typeof candidate === "string" && candidate !== "");
  if (typeof value !== "string" || /[\r\n]/.test(value)) throw new EngineError("failed-precondition", "decoding bearer token: no token in the answer");
  const seconds = Number(field("expires_in"));
  const lifetime = Math.max(Number.isFinite(seconds) ? seconds : 0, minLifetimeSeconds);
  // From now and not from `issued_at`: the two clocks may differ. A tenth is kept back for the way.
  return { value, expiresAt: Date.now() + lifetime * 900 };
}
