/**
 * What an OCI runtime says when it fails, turned into Podman's sentences and exit reasons (126, 127). The runtime's log line is
 * the only thing that tells "not found" from "not executable", so this boundary, and only this one, reads its text; the three
 * patterns are the ones that Podman's users and scripts know.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EngineError } from "../base/errors.ts";

/** A runtime writes a line or two; more is cut. */
const maxLogBytes = 64 * 1024;

const permissionDenied = /.*permission denied.*|.*operation not permitted.*/i;
const notFound = /.*executable file not found in.*|.*no such file or directory.*|.*open executable.*/i;
const securityAttribute = /`\/proc\/[a-z0-9-].+\/attr.*`/;

/** Builds the error for a runtime's message. `name` is the runtime as configured (`crun`). */
export function runtimeError(name: string, message: string): EngineError {
  const trimmed = message.replaceAll(/^\n+|\n+$/g, "");
  const denied = permissionDenied.exec(message)?.[0];
  if (denied !== undefined) return new EngineError("internal", `${name}: ${denied}: OCI permission denied`, { reason: "command-not-executable" });
  const missing = notFound.exec(message)?.[0];
  if (missing !== undefined) {
    return new EngineError("internal", `${name}: ${missing}: OCI runtime attempted to invoke a command that was not found`, { reason: "command-not-found" });
  }
  const attribute = securityAttribute.exec(message)?.[0];
  if (attribute !== undefined) return new EngineError("internal", `${name}: ${attribute}: ${attributeProblem(attribute)}`);
  return new EngineError("internal", `${name}: ${trimmed}: OCI runtime error`, { reason: "runtime-failed" });
}

function attributeProblem(match: string): string {
  const action = match.endsWith("/exec`") ? "assign" : match.endsWith("/current`") ? "get" : "process";
  return `OCI runtime error: unable to ${action} security attribute`;
}

/** The message of the runtime's JSON log. undefined unless the file holds exactly one object, as Podman reads it. */
export function readRuntimeLog(path: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(readStart(path));
    if (typeof entry === "object" && entry !== null && "msg" in entry && typeof entry.msg === "string") return entry.msg;
  } catch { /* absent, empty or several lines: conmon's own message is used */ }
  return undefined;
}

/** Up to `maxLogBytes` of a file that a runtime (or a container's runtime under attack) may have filled. */
export function readStart(path: string, limitBytes: number = maxLogBytes): string {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    // Files of the kernel say 0.
    const buffer = Buffer.allocUnsafe(size === 0 ? limitBytes : Math.min(limitBytes, size));
    return buffer.toString("utf8", 0, readSync(fd, buffer));
  } finally { closeSync(fd); }
}
