/** What went wrong between us and a registry, in the sentences that Go's HTTP client and containers/image use. */
import { EngineError, type ErrorCode, type ErrorReason } from "../../base/errors.ts";
import { readAll } from "../verify.ts";

/** Error bodies are short; more is noise or an attack. */
const maxErrorBytes = 1024 * 1024;
const maxShown = 50;

/** Default sentences of the distribution specification's error codes; a registry that sends just these adds nothing. */
const standardMessages: Readonly<Record<string, string>> = {
  UNKNOWN: "unknown error", UNSUPPORTED: "The operation is unsupported.", UNAUTHORIZED: "authentication required",
  DENIED: "requested access to the resource is denied", UNAVAILABLE: "service unavailable", TOOMANYREQUESTS: "too many requests",
  DIGEST_INVALID: "provided digest did not match uploaded content", SIZE_INVALID: "provided length did not match content length",
  NAME_INVALID: "invalid repository name", TAG_INVALID: "manifest tag did not match URI", NAME_UNKNOWN: "repository name not known to registry",
  MANIFEST_UNKNOWN: "manifest unknown", MANIFEST_INVALID: "manifest invalid", MANIFEST_UNVERIFIED: "manifest failed signature verification",
  MANIFEST_BLOB_UNKNOWN: "blob unknown to registry", BLOB_UNKNOWN: "blob unknown to registry", BLOB_UPLOAD_UNKNOWN: "blob upload unknown to registry",
  BLOB_UPLOAD_INVALID: "blob upload invalid",
};

/** An unexpected answer as an error. Reads the body. `what` is the action, as in `reading manifest 1 in quay.io/x`. */
export async function failureOf(response: Response, what: string): Promise<EngineError> {
  const body = response.body === null ? new Uint8Array() : await readAll(response.body, maxErrorBytes, "error answer").catch(() => new Uint8Array());
  const text = new TextDecoder().decode(body);
  const first = firstError(text);
  const sentence = first === undefined ? withoutJson(response, text) : sentenceOf(first);
  const reason = reasonOf(response.status, first?.code);
  return new EngineError(codeOf(response.status, first?.code), what === "" ? sentence : `${what}: ${sentence}`, reason === undefined ? {} : { reason });
}

interface RegistryError { readonly code: string; readonly message: string }

function firstError(text: string): RegistryError | undefined {
  let document: unknown;
  try { document = JSON.parse(text); } catch { return undefined; }
  if (typeof document !== "object" || document === null || !("errors" in document) || !Array.isArray(document.errors)) return undefined;
  const entry: unknown = document.errors[0];
  if (typeof entry !== "object" || entry === null) return undefined;
  const field = (name: string): string => { const value: unknown = Reflect.get(entry, name); return typeof value === "string" ? printable(value) : ""; };
  return { code: field("code"), message: field("message") };
}

function sentenceOf({ code, message }: RegistryError): string {
  if (message === standardMessages[code]) return message;
  const name = code.toLowerCase().replaceAll("_", " ");
  return message === "" ? standardMessages[code] ?? name : `${name === "" ? "unknown" : name}: ${message}`;
}

function withoutJson(response: Response, text: string): string {
  if (response.status === 429) return "too many requests to registry";
  if (response.status === 401) return standardMessages["UNAUTHORIZED"] ?? "";
  const shown = text.length > maxShown ? `${text.slice(0, maxShown)}...` : text;
  return `StatusCode: ${response.status}, ${JSON.stringify(shown).replace(/[\u007f-\u009f]/g, "?")}`;
}

/** A registry's text reaches a terminal: no control characters. */
function printable(text: string): string { return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ").slice(0, 2000).trim(); }

function codeOf(status: number, code?: string): ErrorCode {
  if (status === 401 || code === "UNAUTHORIZED") return "unauthenticated";
  if (status === 403 || code === "DENIED") return "permission-denied";
  if (status === 404) return "not-found";
  if (status === 429) return "resource-exhausted";
  return status >= 500 ? "unavailable" : "failed-precondition";
}
function reasonOf(status: number, code?: string): ErrorReason | undefined {
  return code === "MANIFEST_UNKNOWN" || code === "NAME_UNKNOWN" || (status === 404 && code === undefined) ? "manifest-unknown" : undefined;
}

const certificateErrors: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "x509: certificate signed by unknown authority", SELF_SIGNED_CERT_IN_CHAIN: "x509: certificate signed by unknown authority",
  DEPTH_ZERO_SELF_SIGNED_CERT: "x509: certificate signed by unknown authority", UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "x509: certificate signed by unknown authority",
  UNABLE_TO_GET_ISSUER_CERT: "x509: certificate signed by unknown authority", CERT_HAS_EXPIRED: "x509: certificate has expired or is not yet valid",
  CERT_NOT_YET_VALID: "x509: certificate has expired or is not yet valid", ERR_TLS_CERT_ALTNAME_INVALID: "x509: certificate is not valid for this host",
};

/** A failed connection (Bun's fetch rejects with a TypeError that has a `code`) as an error that names the request. */
export function connectionFailure(error: unknown, method: string, url: URL): unknown {
  if (!(error instanceof Error) || error instanceof EngineError || !("code" in error) || typeof error.code !== "string" || error.name === "AbortError") return error;
  const { text, code, reason } = whyNotConnected(error.code, error, url);
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return new EngineError(code, `${verb} "${redacted(url)}": ${text}`, { cause: error, ...(reason === undefined ? {} : { reason }) });
}

function whyNotConnected(code: string, error: Error, url: URL): { readonly text: string; readonly code: ErrorCode; readonly reason?: ErrorReason } {
  const certificate = certificateErrors[code];
  const address = `${url.hostname}:${url.port === "" ? (url.protocol === "http:" ? 80 : 443) : url.port}`;
  if (certificate !== undefined) return { text: `tls: failed to verify certificate: ${certificate}`, code: "failed-precondition", reason: "tls" };
  switch (code) {
    case "ENOTFOUND": case "EAI_NONAME": return { text: `dial tcp: lookup ${url.hostname}: no such host`, code: "not-found" };
    case "EAI_AGAIN": return { text: `dial tcp: lookup ${url.hostname}: temporary failure in name resolution`, code: "unavailable" };
    case "ECONNREFUSED": case "ConnectionRefused": return { text: `dial tcp ${address}: connect: connection refused`, code: "unavailable" };
    case "EPROTO": return { text: "http: server gave HTTP response to HTTPS client", code: "failed-precondition", reason: "tls" };
    case "ECONNRESET": case "ConnectionClosed": return { text: `read tcp ${address}: connection reset by peer`, code: "unavailable" };
    case "ETIMEDOUT": return { text: `dial tcp ${address}: i/o timeout`, code: "unavailable" };
    default: return { text: error.message, code: "unavailable" };
  }
}

/** Without user and query: a redirect's query is often a signature that grants access. */
export function redacted(url: URL): string { return `${url.protocol}//${url.host}${url.pathname}`; }
