/**
 * The error model. One class crosses layers and the wire; everything a caller may branch on is `code` or `reason`,
 * never the text. Text: lowercase, outermost action first, values quoted, no final period.
 */

/** The closed set of error classes, after containerd's. `api/errors.ts` maps them to HTTP, `cli/exit-codes.ts` to exit statuses. */
export const errorCodes = [
  "invalid-argument", "not-found", "already-exists", "conflict", "failed-precondition", "permission-denied",
  "unauthenticated", "unavailable", "not-implemented", "not-modified", "resource-exhausted", "deadline-exceeded",
  "aborted", "data-loss", "internal", "unknown",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** Stable reasons that callers really branch on. Add one only together with the code that reads it. */
export type ErrorReason =
  | "no-such-container" | "no-such-image" | "no-such-volume" | "no-such-network" | "no-such-exec" | "no-such-pod" | "no-such-secret"
  | "name-in-use" | "network-connected" | "image-in-use" | "volume-in-use" | "network-in-use" | "container-running" | "container-not-running" | "container-paused"
  | "container-state" | "ambiguous-ref" | "command-not-found" | "command-not-executable" | "runtime-missing" | "runtime-failed" | "conmon-missing"
  | "netavark-missing" | "program-missing" | "port-in-use" | "disk-full" | "digest-mismatch" | "corrupt-archive" | "short-name"
  | "detached" | "usage" | "dependents" | "layer-missing" | "blocked-registry" | "tls" | "manifest-unknown" | "configuration";

export interface ErrorDetails {
  readonly reason?: ErrorReason;
  readonly cause?: unknown;
  /** What the user can do about it; printed on a line of its own. */
  readonly hint?: string;
}

/** The one error class that crosses layers. `message` is complete by itself: action, object, why. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: ErrorCode;
  readonly reason: ErrorReason | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.reason = details.reason;
    this.hint = details.hint;
  }
}

/** A failed system call. Made in `sys/` only; the layer that knows the meaning converts it to an `EngineError` with `cause`. */
export class SysError extends Error {
  override readonly name = "SysError";
  /** errno name, e.g. `ENOENT`. */
  readonly errno: string;
  readonly syscall: string;
  readonly path: string | undefined;

  constructor(syscall: string, errno: string, path?: string) {
    super(path === undefined ? `${syscall}: ${describeErrno(errno)}` : `${syscall} "${path}": ${describeErrno(errno)}`);
    this.syscall = syscall;
    this.errno = errno;
    this.path = path;
  }
}

/** True for a `SysError` or a Node file system error with one of these errno names. */
export function isErrno(error: unknown, ...names: string[]): boolean {
  if (error instanceof SysError) return names.includes(error.errno);
  return error instanceof Error && "code" in error && typeof error.code === "string" && names.includes(error.code);
}

export function isEngineError(error: unknown, codeOrReason?: ErrorCode | ErrorReason): error is EngineError {
  return error instanceof EngineError && (codeOrReason === undefined || error.code === codeOrReason || error.reason === codeOrReason);
}

/**
 * Puts an outer action in front of an error's message, keeping its code, reason and hint.
 * `throw within('remove container "web"', error)`.
 */
export function within(action: string, error: unknown, fallback: ErrorCode = "internal"): EngineError {
  const message = `${action}: ${messageOf(error)}`;
  if (!(error instanceof EngineError)) return new EngineError(codeOfErrno(error) ?? fallback, message, { cause: error });
  return new EngineError(error.code, message, {
    cause: error,
    ...(error.reason === undefined ? {} : { reason: error.reason }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && "syscall" in error && typeof error.code === "string") return nodeFsMessage(error as NodeJS.ErrnoException);
  return error.message;
}

function nodeFsMessage(error: NodeJS.ErrnoException): string {
  const reason = describeErrno(error.code ?? "EIO");
  return error.path === undefined ? `${error.syscall}: ${reason}` : `${error.syscall} ${error.path}: ${reason}`;
}

function codeOfErrno(error: unknown): ErrorCode | undefined {
  if (isErrno(error, "ENOENT")) return "not-found";
  if (isErrno(error, "EEXIST")) return "already-exists";
  if (isErrno(error, "EACCES", "EPERM")) return "permission-denied";
  if (isErrno(error, "ENOSPC", "EDQUOT", "ENOMEM", "EMFILE", "ENFILE")) return "resource-exhausted";
  return undefined;
}

const errnoText: Readonly<Record<string, string>> = {
  EPERM: "operation not permitted", ENOENT: "no such file or directory", EACCES: "permission denied", EEXIST: "file exists",
  EBUSY: "device or resource busy", EINVAL: "invalid argument", ENOSPC: "no space left on device", ENOTDIR: "not a directory",
  EISDIR: "is a directory", ELOOP: "too many levels of symbolic links", EROFS: "read-only file system", ENOTEMPTY: "directory not empty",
  EMFILE: "too many open files", ESRCH: "no such process", EAGAIN: "resource temporarily unavailable", EIO: "input/output error",
  EADDRINUSE: "address already in use", EADDRNOTAVAIL: "cannot assign requested address",
  ECONNREFUSED: "connection refused", EPIPE: "broken pipe", ENOTSUP: "operation not supported", EOPNOTSUPP: "operation not supported",
  ENODATA: "no data available", ENOSYS: "function not implemented", EXDEV: "invalid cross-device link", ENAMETOOLONG: "file name too long",
};

/** The C library's sentence for an errno name; the name itself for those not in the table. */
export function describeErrno(name: string): string {
  return errnoText[name] ?? name;
}

/** A bug of ours, not of the user's: reported with a request to file it. */
export class BugError extends Error {
  override readonly name = "BugError";
}

export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new BugError(what);
}
