/** Keys of encrypted images as they are named on the command line: `jwe:FILE`, `pkcs7:FILE`, `pgp:NAME`; to decrypt `FILE[:passphrase]`. */
import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject, type webcrypto } from "node:crypto";
import { fstatSync, readFileSync, readSync } from "node:fs";
import { EngineError, messageOf } from "../../base/errors.ts";

export interface Recipients { readonly publicKeys: readonly KeyObject[]; readonly certificates: readonly X509Certificate[]; readonly pgp: readonly string[] }
export interface DecryptionKeys { readonly privateKeys: readonly KeyObject[]; readonly certificates: readonly X509Certificate[]; readonly keyRings: readonly { readonly data: Uint8Array; readonly passphrase: string }[] }

/** A key file is small; a layer named by mistake is not. */
const maxKeyBytes = 1024 * 1024;

const bad = (message: string, cause?: unknown): EngineError => new EngineError("invalid-argument", message, { cause });

/** @throws invalid-argument `invalid encryption keys: …` */
export function readRecipients(names: readonly string[]): Recipients {
  const [publicKeys, certificates, pgp]: [KeyObject[], X509Certificate[], string[]] = [[], [], []];
  for (const name of names) {
    const colon = name.indexOf(":");
    const value = name.slice(colon + 1);
    switch (colon < 0 ? "" : name.slice(0, colon)) {
      case "jwe": publicKeys.push(required(publicKeyOf(readKey(value, "encryption")), "invalid encryption keys: File provided is not a public key")); break;
      case "pkcs7": certificates.push(required(certificateOf(readKey(value, "encryption")), "invalid encryption keys: File provided is not an x509 cert")); break;
      case "pgp": pgp.push(value); break;
      case "": throw bad("invalid encryption keys: Invalid recipient format");
      case "pkcs11": case "provider": throw new EngineError("not-implemented", `invalid encryption keys: ${name.slice(0, colon)} keys are not supported`, { hint: "use jwe:, pkcs7: or pgp:" });
      default: throw bad("invalid encryption keys: Provided protocol not recognized");
    }
  }
  return { publicKeys, certificates, pgp };
}

/** Files of no known kind are passed over, as certificates and notes lie beside keys. @throws invalid-argument `invalid decryption keys: …` */
export function readDecryptionKeys(names: readonly string[]): DecryptionKeys {
  const [privateKeys, certificates]: [KeyObject[], X509Certificate[]] = [[], []];
  const keyRings: { readonly data: Uint8Array; readonly passphrase: string }[] = [];
  for (const name of names) {
    if (name.startsWith("provider:")) throw new EngineError("not-implemented", "invalid decryption keys: key providers are not supported");
    const colon = name.indexOf(":");
    const data = readKey(colon < 0 ? name : name.slice(0, colon), "decryption");
    const passphrase = colon < 0 ? undefined : readPassphrase(name.slice(colon + 1));
    const certificate = certificateOf(data);
    if (certificate !== undefined) { certificates.push(certificate); continue; }
    const key = privateKeyOf(data, passphrase);
    if (key !== undefined) privateKeys.push(key);
    else if (isKeyRing(data)) keyRings.push({ data, passphrase: passphrase ?? "" });
  }
  return { privateKeys, certificates, keyRings };
}

function required<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw bad(message);
  return value;
}

function readKey(path: string, what: string): Buffer {
  try {
    const data = readFileSync(path);
    if (data.length > maxKeyBytes) throw bad(`${path} is larger than ${maxKeyBytes} bytes`);
    return data;
  } catch (error) { throw bad(`invalid ${what} keys: Unable to read file: ${messageOf(error)}`, error); }
}

/** `pass=…`, `file=…`, `fd=…` or the passphrase itself. */
function readPassphrase(text: string): string {
  if (text.startsWith("pass=")) return text.slice("pass=".length);
  if (text.startsWith("file=")) return readKey(text.slice("file=".length), "decryption").toString("utf8");
  if (!text.startsWith("fd=")) return text;
  const fd = Number(text.slice("fd=".length));
  if (!Number.isSafeInteger(fd) || fd < 0) throw bad(`invalid decryption keys: could not parse file descriptor ${text.slice("fd=".length)}`);
  try {
    fstatSync(fd);
    const buffer = Buffer.alloc(4096);
    return buffer.subarray(0, readSync(fd, buffer)).toString("utf8");
  } catch (error) { throw bad(`invalid decryption keys: could not read from file descriptor: ${messageOf(error)}`, error); }
}

function jwkOf(data: Buffer): webcrypto.JsonWebKey | undefined {
  try {
    const value: unknown = JSON.parse(data.toString("utf8"));
    return typeof value === "object" && value !== null && "kty" in value ? value as webcrypto.JsonWebKey : undefined;
  } catch { return undefined; }
}

/** The first of several ways that works. */
function firstOf<T>(...ways: readonly (() => T)[]): T | undefined {
  for (const way of ways) try { return way(); } catch { /* not this form */ }
  return undefined;
}

function publicKeyOf(data: Buffer): KeyObject | undefined {
  const jwk = jwkOf(data);
  if (jwk !== undefined) return firstOf(() => createPublicKey({ key: jwk, format: "jwk" }));
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(data.toString("latin1"))) return undefined;
  return firstOf(() => createPublicKey(data), () => createPublicKey({ key: data, format: "der", type: "spki" }), () => createPublicKey({ key: data, format: "der", type: "pkcs1" }));
}

function certificateOf(data: Buffer): X509Certificate | undefined { return firstOf(() => new X509Certificate(data)); }

function privateKeyOf(data: Buffer, passphrase: string | undefined): KeyObject | undefined {
  const jwk = jwkOf(data);
  if (jwk !== undefined) return firstOf(() => createPrivateKey({ key: jwk, format: "jwk" }));
  const text = data.toString("latin1");
  if (text.includes("-----BEGIN")) {
    const isLocked = text.includes("ENCRYPTED");
    if (isLocked && passphrase === undefined) throw bad("invalid decryption keys: PEM: Missing password for encrypted private key");
    try { return createPrivateKey(isLocked ? { key: data, passphrase: passphrase ?? "" } : { key: data }); } catch (error) {
      if (isLocked) throw bad("invalid decryption keys: PEM: Wrong password: could not decrypt private key", error);
      return undefined;
    }
  }
  return firstOf(...(["pkcs8", "pkcs1", "sec1"] as const).map((type) => () => createPrivateKey({ key: data, format: "der", type })));
}

/** ASCII armour, or an OpenPGP packet of a secret key. */
function isKeyRing(data: Buffer): boolean {
  const [first = 0] = data;
  return data.toString("latin1", 0, 64).includes("BEGIN PGP PRIVATE KEY") || (first & 0xfc) === 0x94 || first === 0xc5;
}
