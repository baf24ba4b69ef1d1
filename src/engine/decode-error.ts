/**
 * Wire → EngineError. Our server sends code and reason; a real Podman sends only a status and a sentence, and this is the one
 * place that reads such sentences.
 */
import { EngineError, errorCodes, type ErrorCode, type ErrorReason } from "../base/errors.ts";

interface ErrorBody { readonly message?: string; readonly cause?: string; readonly code?: string; readonly reason?: string; readonly hint?: string }

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  304: "not-modified", 400: "invalid-argument", 401: "unauthenticated", 403: "permission-denied", 404: "not-found",
  409: "conflict", 501: "not-implemented", 503: "unavailable", 504: "deadline-exceeded",
};
const reasonByText: readonly (readonly [string, ErrorReason])[] = [
  ["no such container", "no-such-container"], ["no container with name or ID", "no-such-container"], ["image not known", "no-such-image"],
  ["no such volume", "no-such-volume"], ["network not found", "no-such-network"], ["no such exec session", "no-such-exec"],
];

export function decodeError(status: number, bodyText: string): EngineError {
  const body = parseBody(bodyText);
  const code = errorCodes.find((known) => known === body.code) ?? codeByStatus[status] ?? "internal";
  const message = body.message ?? (bodyText.trim() || `the service answered with status ${status}`);
  const reason = (body.reason as ErrorReason | undefined) ?? reasonByText.find(([text]) => message.includes(text))?.[1];
  return new EngineError(code, message, { ...(reason && { reason }), ...(body.hint && { hint: body.hint }) });
}

function parseBody(text: string): ErrorBody {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as ErrorBody : {};
  } catch { return {}; }
}
