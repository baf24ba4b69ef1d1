/**
 * One HTTP request to a registry. Redirects are followed here and not by fetch, because `Authorization` and the client
 * certificate belong to the registry's host only (a blob's storage is usually another company's).
 */
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { podmanVersion } from "../../contract/version.ts";
import { toReadable } from "../readable.ts";
import { connectionFailure, redacted } from "./failures.ts";
import type { TlsOptions } from "./tls.ts";

/** As Go's client. */
const maxRedirects = 10;
const redirectStatuses = [301, 302, 303, 307, 308];

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | ByteStream;
  readonly signal?: AbortSignal;
}

/**
 * Sends, following redirects. The answer's body must be read or cancelled by the caller.
 * @throws unavailable, failed-precondition/tls with Go's sentences
 */
export async function send(request: HttpRequest, tls: TlsOptions): Promise<Response> {
  let { url, method } = request;
  let { body } = request;
  for (let hops = 0; ; hops++) {
    const isHome = url.origin === request.url.origin;
    const response = await once({ ...request, url, method, ...(isHome ? {} : { headers: withoutCredentials(request.headers) }) }, body, isHome ? tls : anonymous(tls));
    const location = redirectStatuses.includes(response.status) ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    if (hops === maxRedirects) throw new EngineError("failed-precondition", `${method} "${redacted(request.url)}": stopped after ${maxRedirects} redirects`);
    if (body !== undefined && !(body instanceof Uint8Array)) throw new EngineError("failed-precondition", `${method} "${redacted(request.url)}": redirected while uploading`);
    url = nextUrl(location, url, tls);
    if (response.status === 303 || (method === "POST" && (response.status === 301 || response.status === 302))) { method = "GET"; body = undefined; }
  }
}

function nextUrl(location: string, from: URL, tls: TlsOptions): URL {
  const next = URL.parse(location, from.href);
  if (next === null || (next.protocol !== "https:" && next.protocol !== "http:")) throw new EngineError("failed-precondition", `redirect from "${redacted(from)}" to an invalid address`);
  // A downgrade lets anyone on the way read and change what follows.
  if (from.protocol === "https:" && next.protocol === "http:" && tls.rejectUnauthorized) throw new EngineError("failed-precondition", `redirect from "${redacted(from)}" to insecure "${redacted(next)}" refused`);
  return next;
}

const credentialHeaders = new Set(["authorization", "cookie", "proxy-authorization"]);
function withoutCredentials(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !credentialHeaders.has(name.toLowerCase())));
}
function anonymous({ cert: _cert, key: _key, ...rest }: TlsOptions): TlsOptions { return rest; }

async function once({ method, url, headers, signal }: HttpRequest, body: HttpRequest["body"], tls: TlsOptions): Promise<Response> {
  const options = {
    method,
    redirect: "manual" as const,
    // Blobs are compared by digest: nothing on the way may be unpacked for us.
    decompress: false,
    // A slow registry is not an error; the caller's signal ends the wait.
    timeout: false,
    headers: { "user-agent": `podman/${podmanVersion}`, "accept-encoding": "identity", "docker-distribution-api-version": "registry/2.0", ...headers },
    ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : toReadable(body) }),
    ...(signal === undefined ? {} : { signal }),
    ...(url.protocol === "https:" ? { tls: { ...tls, ...(tls.ca === undefined ? {} : { ca: [...tls.ca] }) } } : {}),
  };
  try { return await fetch(url, options); } catch (error) { throw connectionFailure(error, method, url); }
}
