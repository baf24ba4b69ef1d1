/** Sigstore signatures with keys: ECDSA, RSA (PKCS #1 v1.5) and Ed25519, all over SHA-256 payloads as cosign makes them. */
import { createPrivateKey, createPublicKey, scryptSync, sign, verify, type KeyObject } from "node:crypto";
import { EngineError } from "../../base/errors.ts";
import { sigstoreAnnotation, sigstoreType, type Signature } from "./blob.ts";
import { openSecretbox } from "./secretbox.ts";

/** Bounds of scrypt, so that a key file cannot demand all memory: twice cosign's. */
const maxScryptCost = 1 << 17;

/** @throws invalid-argument `parsing public key 1: …` */
export function readPublicKey(pem: Uint8Array, position: number): KeyObject {
  try { return checkedType(createPublicKey({ key: Buffer.from(pem), format: "pem" })); } catch (error) {
    throw new EngineError("invalid-argument", `parsing public key ${position + 1}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkedType(key: KeyObject): KeyObject {
  if (!["rsa", "ec", "ed25519"].includes(key.asymmetricKeyType ?? "")) throw new EngineError("invalid-argument", `unsupported key type ${String(key.asymmetricKeyType)}`);
  return key;
}

/** True when one of the keys made the signature over the payload. */
export function isSignedByAny(keys: readonly KeyObject[], payload: Uint8Array, signature: Uint8Array): boolean {
  return keys.some((key) => {
    try { return verify(key.asymmetricKeyType === "ed25519" ? null : "sha256", payload, key, signature); } catch { return false; }
  });
}

/** Signs a payload with a private key file's content. @throws invalid-argument for keys that cannot be read, permission-denied for a wrong passphrase */
export function sigstoreSign(payload: Uint8Array, keyFile: string, passphrase: string): Signature {
  const key = readPrivateKey(keyFile, passphrase);
  const made = sign(key.asymmetricKeyType === "ed25519" ? null : "sha256", payload, key);
  return { kind: "sigstore", mediaType: sigstoreType, payload, annotations: { [sigstoreAnnotation]: made.toString("base64") } };
}

/** Only encrypted keys, as cosign writes them. */
function readPrivateKey(text: string, passphrase: string): KeyObject {
  const match = /-----BEGIN ([A-Z ]+)-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(text);
  if (match === null) throw bad("loading private key: invalid pem block");
  const [, type = "", body = ""] = match;
  if (type !== "ENCRYPTED COSIGN PRIVATE KEY" && type !== "ENCRYPTED SIGSTORE PRIVATE KEY") {
    throw bad(`loading private key: unsupported pem type: ${type}`, "make a key with cosign generate-key-pair or skopeo generate-sigstore-key");
  }
  const der = decrypt(Buffer.from(body, "base64").toString("utf8"), passphrase);
  return checkedType(createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" }));
}

function decrypt(text: string, passphrase: string): Uint8Array {
  const box = readBox(text);
  const { N, r, p } = box.params;
  if (N > maxScryptCost || r > 16 || p > 4) throw bad("loading private key: unsupported scrypt parameters");
  const key = scryptSync(passphrase, box.salt, 32, { N, r, p, maxmem: 256 * N * r + (1 << 20) });
  const plain = openSecretbox(box.ciphertext, box.nonce, key);
  if (plain === undefined) throw new EngineError("permission-denied", "loading private key: decrypt: encrypted: decryption failed", { hint: "give the right passphrase with --sign-passphrase-file" });
  return plain;
}

interface SealedKey { readonly params: { readonly N: number; readonly r: number; readonly p: number }; readonly salt: Uint8Array; readonly nonce: Uint8Array; readonly ciphertext: Uint8Array }

function readBox(text: string): SealedKey {
  const fail = bad("loading private key: decrypt: unknown encryption");
  let value: unknown;
  try { value = JSON.parse(text); } catch { throw fail; }
  const at = (from: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((node, name) => (typeof node === "object" && node !== null ? Reflect.get(node, name) : undefined), from);
  const number = (name: string): number => { const found = at(value, "kdf", "params", name); if (typeof found !== "number" || !Number.isSafeInteger(found) || found < 1) throw fail; return found; };
  const bytes = (...path: readonly string[]): Uint8Array => { const found = at(value, ...path); if (typeof found !== "string") throw fail; return Buffer.from(found, "base64"); };
  if (at(value, "kdf", "name") !== "scrypt" || at(value, "cipher", "name") !== "nacl/secretbox") throw fail;
  return { params: { N: number("N"), r: number("r"), p: number("p") }, salt: bytes("kdf", "salt"), nonce: bytes("cipher", "nonce"), ciphertext: bytes("ciphertext") };
}

function bad(message: string, hint?: string): EngineError { return new EngineError("invalid-argument", message, hint === undefined ? {} : { hint }); }
