/** Detach keys: `ctrl-p,ctrl-q`, as podman-attach(1). */
import { EngineError } from "../base/errors.ts";

/** A terminal sends a key or two; a longer sequence is a mistake. */
const maxKeys = 32;
const controlNames = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

/** Bytes of a sequence; empty for none. @throws EngineError invalid-argument with Podman's sentence */
export function parseDetachKeys(keys: string): Uint8Array {
  if (keys === "") return new Uint8Array();
  const parts = keys.split(",");
  if (parts.length > maxKeys) throw new EngineError("invalid-argument", `invalid detach keys: more than ${maxKeys} keys`);
  return Uint8Array.from(parts, keyCode);
}

function keyCode(key: string): number {
  if (key.length === 1) return key.charCodeAt(0);
  const name = /^ctrl-(.)$/i.exec(key)?.[1]?.toLowerCase();
  const code = name === undefined ? -1 : controlNames.indexOf(name);
  if (code === -1) throw new EngineError("invalid-argument", `invalid detach keys: Unknown character: '${key}'`);
  return code;
}

export interface DetachScan {
  /** What goes on to the container. */
  readonly data: Uint8Array;
  readonly detached: boolean;
}

/**
 * Looks for the sequence in a stream of writes. A started sequence is held back, and sent on when the next byte does not
 * continue it, so that a lone ctrl-p reaches the container with the next key.
 */
export function createDetachScanner(keys: Uint8Array): (data: Uint8Array) => DetachScan {
  let matched = 0;
  return (data) => {
    if (keys.length === 0) return { data, detached: false };
    const out: number[] = [];
    for (const byte of data) {
      if (byte !== keys[matched]) {
        out.push(...keys.subarray(0, matched));
        matched = 0;
      }
      if (byte !== keys[matched]) { out.push(byte); continue; }
      matched++;
      if (matched === keys.length) return { data: Uint8Array.from(out), detached: true };
    }
    return { data: Uint8Array.from(out), detached: false };
  };
}
