/** What a signature says: which manifest has which name. The same JSON in both kinds, under two type names. */
import { EngineError } from "../../base/errors.ts";
import { parseDigest } from "../../formats/digest.ts";
import { goJson } from "../../formats/manifest-write.ts";

export interface SignedClaim { readonly digest: string; readonly reference: string }
type Json = Readonly<Record<string, unknown>>;

const typeNames = { simple: "atomic container signature", sigstore: "cosign container image signature" } as const;
type Kind = keyof typeof typeNames;

/** The text that is signed; keys sorted as Go's encoder sorts them. `seconds` since 1970. */
export function writePayload(kind: Kind, { digest, reference }: SignedClaim, seconds: number): Uint8Array {
  return new TextEncoder().encode(goJson({
    critical: { identity: { "docker-reference": reference }, image: { "docker-manifest-digest": digest }, type: typeNames[kind] },
    optional: { creator: "podman-ts", timestamp: seconds },
  }));
}

/** Reads a payload whose signature was verified. Strict: only known keys in the critical part. @throws permission-denied */
export function readPayload(kind: Kind, bytes: Uint8Array): SignedClaim {
  let top: unknown;
  try { top = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)); } catch { throw bad("signature payload is not valid JSON"); }
  const { critical } = exact(top, ["critical", "optional"]);
  const { type, image, identity } = exact(critical, ["type", "image", "identity"]);
  if (type !== typeNames[kind]) throw bad(`Unrecognized signature type ${String(type)}`);
  const { "docker-manifest-digest": digest } = exact(image, ["docker-manifest-digest"]);
  const { "docker-reference": reference } = exact(identity, ["docker-reference"]);
  if (typeof digest !== "string" || typeof reference !== "string") throw bad("signature payload has fields of a wrong type");
  try { parseDigest(digest); } catch { throw bad(`invalid docker-manifest-digest value ${JSON.stringify(digest)}`); }
  return { digest, reference };
}

function exact(value: unknown, names: readonly string[]): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("signature payload has fields of a wrong type");
  const keys = Object.keys(value);
  const unknown = keys.find((key) => !names.includes(key));
  if (unknown !== undefined) throw bad(`Unexpected field ${JSON.stringify(unknown)} in a signature`);
  const missing = names.find((name) => !keys.includes(name));
  if (missing !== undefined) throw bad(`Expected field ${JSON.stringify(missing)} missing in a signature`);
  return value as Json;
}

function bad(message: string): EngineError { return new EngineError("permission-denied", message); }
