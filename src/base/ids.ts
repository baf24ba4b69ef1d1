import { randomHex } from "./random.ts";

/** A new 64-hex-digit id, as containers, layers and exec sessions have. */
export function newId(): string {
  return randomHex(32);
}

/** The 12 digits that people see. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** Podman's rule for container, pod and volume names: a letter or digit, then letters, digits, `_`, `.` and `-`. */
export const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** What the user is told. */
export const nameRule = "names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument";
