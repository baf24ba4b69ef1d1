/**
 * Content digests, `algorithm:hex` (OCI image-spec descriptor.md). A digest comes from a registry or an archive and later
 * becomes a file name, a URL part and a key: nothing but a known algorithm with exactly its number of lower-case hex
 * digits may pass (the class of CVE-2024-3727, where `sha256:../../…` reached the file system).
 */
import { EngineError } from "../base/errors.ts";

export type DigestAlgorithm = "sha256" | "sha384" | "sha512";
const hexLengths: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const shape = /^([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/;
/** Longest digest we know is `sha512:` and 128 digits; anything near this limit is hostile. */
const maxLength = 256;

export interface Digest { readonly algorithm: DigestAlgorithm; readonly hex: string }

/** Splits and validates. @throws invalid-argument with go-digest's sentences */
export function parseDigest(text: string): Digest {
  const parts = text.length > maxLength ? null : shape.exec(text);
  if (parts === null) throw new EngineError("invalid-argument", "invalid checksum digest format");
  const [, algorithm = "", hex = ""] = parts;
  if (!isAlgorithm(algorithm)) throw new EngineError("invalid-argument", "unsupported digest algorithm");
  if (hex.length !== hexLengths[algorithm]) throw new EngineError("invalid-argument", "invalid checksum digest length");
  if (!/^[a-f0-9]+$/.test(hex)) throw new EngineError("invalid-argument", "invalid checksum digest format");
  return { algorithm, hex };
}

export function isDigest(text: string): boolean {
  try { parseDigest(text); return true; } catch { return false; }
}

/** The hex part of a valid digest. @throws invalid-argument */
export function digestHex(text: string): string { return parseDigest(text).hex; }

/** `sha256:…` of bytes. */
export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = "sha256"): string {
  return `${algorithm}:${new Bun.CryptoHasher(algorithm).update(bytes).digest("hex")}`;
}

/** @throws data-loss/digest-mismatch when the bytes are not what the digest names, invalid-argument for a malformed digest */
export function checkDigest(bytes: Uint8Array, expected: string, what: string): void {
  const actual = digestOf(bytes, parseDigest(expected).algorithm);
  if (actual !== expected) throw new EngineError("data-loss", `${what}: digest did not match, expected ${expected}, got ${actual}`, { reason: "digest-mismatch" });
}

function isAlgorithm(text: string): text is DigestAlgorithm { return Object.hasOwn(hexLengths, text); }
