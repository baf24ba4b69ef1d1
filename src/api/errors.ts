/** The one table of HTTP status by error code, and the two error bodies. */
import { EngineError, messageOf, type ErrorCode, type ErrorReason } from "../base/errors.ts";

export const httpStatus: Readonly<Record<ErrorCode, number>> = {
  "invalid-argument": 400, "not-found": 404, "already-exists": 409, "conflict": 409, "failed-precondition": 409,
  "permission-denied": 403, "unauthenticated": 401, "unavailable": 503, "not-implemented": 501, "not-modified": 304,
  "resource-exhausted": 500, "deadline-exceeded": 504, "aborted": 500, "data-loss": 500, "internal": 500, "unknown": 500,
};

/** Podman's innermost sentences: its clients compare `cause` with them. */
const causes: Partial<Record<ErrorReason, string>> = {
  "no-such-container": "no such container", "no-such-pod": "no such pod", "no-such-volume": "no such volume", "no-such-network": "network not found", "no-such-image": "image not known",
  "network-connected": "network is already connected", "network-in-use": "network is being used",
};

export interface ErrorAnswer { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

/** libpod's body (`cause`, `message`, `response`) with our code and reason beside; docker's clients read `message` only. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const message = messageOf(error);
  if (!(error instanceof EngineError)) return { status: 500, body: { cause: message, message, response: 500, code: "internal" } };
  const status = httpStatus[error.code];
  return { status, body: { cause: causeOf(error, message), message, response: status, code: error.code, ...(error.reason && { reason: error.reason }), ...(error.hint && { hint: error.hint }) } };
}

/** The whole message where it does not end so. */
function causeOf({ reason }: EngineError, message: string): string {
  const cause = reason === undefined ? undefined : causes[reason];
  return cause !== undefined && message.endsWith(cause) ? cause : message;
}
