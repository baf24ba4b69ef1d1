/** Paths of archive entries: raw strings (one character per byte) relative to the layer's root. */
import { EngineError } from "../../base/errors.ts";
import { isAscii, textOf } from "../../formats/tar/fields.ts";
import type { PathBytes } from "../../sys/index.ts";

/**
 * The shortest form, as Go's filepath.Clean makes it: "./a//b/" → "a/b", "a/../b" → "b", "../a" → "../a", "/../a" → "/a",
 * "" and "./" → ".".
 */
export function cleanPath(raw: string): string {
  const trimmed = raw.endsWith("/") && raw.length > 1 ? raw.slice(0, -1) : raw;
  const plain = trimmed.startsWith("./") ? trimmed.slice(2) : trimmed;
  // Almost every name needs no more than that.
  if (!/(?:^|\/)(?:\.{0,2})(?:\/|$)/.test(plain)) return plain;
  const isAbsolute = raw.startsWith("/");
  const steps: string[] = [];
  for (const step of raw.split("/")) {
    if (step === "" || step === ".") continue;
    if (step !== "..") steps.push(step);
    else if (steps.length > 0 && steps.at(-1) !== "..") steps.pop();
    else if (!isAbsolute) steps.push(step);
  }
  const joined = steps.join("/");
  return isAbsolute ? `/${joined}` : joined === "" ? "." : joined;
}

/** A clean path below the root without leading slash; "" is the root itself. @throws data-loss/corrupt-archive for one outside */
export function insideRoot(clean: string): string {
  if (clean === "." || clean === "/") return "";
  if (clean === ".." || clean.startsWith("../")) throw new EngineError("data-loss", `layer entry "${textOf(clean)}" is outside of the layer`, { reason: "corrupt-archive" });
  return clean.startsWith("/") ? clean.slice(1) : clean;
}

/** "a/b/c" → ["a/b", "c"]; a name at the top has the directory "". */
export function splitPath(raw: string): readonly [directory: string, base: string] {
  const slash = raw.lastIndexOf("/");
  return slash === -1 ? ["", raw] : [raw.slice(0, slash), raw.slice(slash + 1)];
}

/** What a system call takes. */
export function bytesOf(raw: string): PathBytes {
  return isAscii(raw) ? raw : Buffer.from(raw, "latin1");
}

/** A name inside an open directory, as a path for calls that take no descriptor. The kernel follows only the first link. */
export function pathIn(directoryFd: number, rawBase: string): PathBytes & (string | Buffer) {
  const path = `/proc/self/fd/${directoryFd}/${rawBase}`;
  return isAscii(path) ? path : Buffer.from(path, "latin1");
}
