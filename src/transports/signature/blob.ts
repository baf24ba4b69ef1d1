/** Signatures at rest: an OpenPGP message as it is, or a zero byte, the format's name, a line end and its data. */
import { EngineError } from "../../base/errors.ts";

export type Signature =
  | { readonly kind: "simple"; readonly message: Uint8Array }
  | { readonly kind: "sigstore"; readonly mediaType: string; readonly payload: Uint8Array; readonly annotations: Readonly<Record<string, string>> };

/** Bigger is no signature (containers/image's limit). */
export const maxSignatureBytes = 4 * 1024 * 1024;
/** No image has so many; a hostile store shall not keep us busy. */
export const maxSignatures = 128;
export const sigstoreType = "application/vnd.dev.cosign.simplesigning.v1+json";
export const sigstoreAnnotation = "dev.cosignproject.cosign/signature";

const newline = 0x0a;
const sigstoreName = "sigstore-json";
const simpleName = "simple-signing";

export function signatureBlob(signature: Signature): Uint8Array {
  if (signature.kind === "simple") return signature.message;
  const { mediaType, payload, annotations } = signature;
  const body = JSON.stringify({ mimeType: mediaType, payload: Buffer.from(payload).toString("base64"), annotations });
  return Buffer.concat([Buffer.from([0]), Buffer.from(`${sigstoreName}\n${body}`)]);
}

/** @throws invalid-argument */
export function parseSignature(blob: Uint8Array): Signature {
  if (blob.length === 0) throw bad("empty signature blob");
  // An OpenPGP packet has its top bit set.
  if ((blob[0] ?? 0) >= 0x80) return { kind: "simple", message: blob };
  const end = blob[0] === 0 ? blob.indexOf(newline) : -1;
  if (end < 0) throw bad(`unrecognized signature format, starting with binary 0x${(blob[0] ?? 0).toString(16)}`);
  const name = Buffer.from(blob.subarray(1, end)).toString("latin1");
  const rest = blob.subarray(end + 1);
  if (name === simpleName) return { kind: "simple", message: rest };
  if (name === sigstoreName) return parseSigstore(rest);
  throw bad(`unrecognized signature format ${JSON.stringify(name)}`);
}

function parseSigstore(bytes: Uint8Array): Signature {
  let value: unknown;
  try { value = JSON.parse(Buffer.from(bytes).toString("utf8")); } catch { throw bad("sigstore signature is not valid JSON"); }
  if (typeof value !== "object" || value === null) throw bad("sigstore signature is not an object");
  const { mimeType, payload, annotations } = value as Readonly<Record<string, unknown>>;
  if (typeof mimeType !== "string" || typeof payload !== "string") throw bad("sigstore signature lacks its type or payload");
  return { kind: "sigstore", mediaType: mimeType, payload: Buffer.from(payload, "base64"), annotations: textMap(annotations) };
}

/** What is not text is left out. */
export function textMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function bad(message: string): EngineError { return new EngineError("invalid-argument", message); }
