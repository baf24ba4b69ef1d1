/**
 * JSON Web Encryption as ocicrypt uses it: A256GCM content, its key wrapped for each recipient with RSA-OAEP or ECDH-ES and AES
 * key wrap. RFC 7516 (JSON serialisation), RFC 7518, RFC 3394.
 */
import { constants, createCipheriv, createDecipheriv, createHash, createPublicKey, diffieHellman, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes, type KeyObject, type webcrypto } from "node:crypto";
import { EngineError } from "../../base/errors.ts";

interface Header { readonly alg?: string; readonly enc?: string; readonly epk?: webcrypto.JsonWebKey; readonly apu?: string; readonly apv?: string }
interface Recipient { readonly header?: Header; readonly encrypted_key?: string }
interface Message extends Recipient { readonly protected?: string; readonly unprotected?: Header; readonly recipients?: readonly Recipient[]; readonly iv?: string; readonly ciphertext?: string; readonly tag?: string }

const wrapLengths: Readonly<Record<string, number>> = { "ECDH-ES+A128KW": 16, "ECDH-ES+A192KW": 24, "ECDH-ES+A256KW": 32 };
const contentLengths: Readonly<Record<string, number>> = { A128GCM: 16, A192GCM: 24, A256GCM: 32 };
const maxRecipients = 1000;

const encode = (data: Uint8Array | string): string => Buffer.from(data).toString("base64url");
const decode = (text: string): Buffer => Buffer.from(text, "base64url");

/** @throws invalid-argument for a key of another kind */
export function wrapJwe(content: Uint8Array, keys: readonly KeyObject[]): Uint8Array {
  const contentKey = randomBytes(32);
  const recipients = keys.map((key) => recipientFor(key, contentKey));
  const [only] = recipients;
  const isSingle = recipients.length === 1 && only !== undefined;
  const secured = encode(JSON.stringify({ ...(isSingle ? only.header : {}), enc: "A256GCM" }));
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", contentKey, iv);
  cipher.setAAD(Buffer.from(secured, "ascii"));
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]);
  const rest = { iv: encode(iv), ciphertext: encode(ciphertext), tag: encode(cipher.getAuthTag()) };
  return Buffer.from(JSON.stringify(isSingle ? { protected: secured, encrypted_key: only.encrypted_key, ...rest } : { protected: secured, recipients, ...rest }));
}

function recipientFor(key: KeyObject, contentKey: Uint8Array): { readonly header: Header; readonly encrypted_key: string } {
  if (key.asymmetricKeyType === "rsa") {
    return { header: { alg: "RSA-OAEP" }, encrypted_key: encode(publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" }, contentKey)) };
  }
  if (key.asymmetricKeyType !== "ec") throw new EngineError("invalid-argument", `JWE: keys of type ${String(key.asymmetricKeyType)} cannot be used: RSA or EC is needed`);
  const alg = "ECDH-ES+A256KW";
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: key.asymmetricKeyDetails?.namedCurve ?? "" });
  const wrapping = concatKdf(diffieHellman({ privateKey, publicKey: key }), alg);
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  return { header: { alg, epk: { ...(kty !== undefined && { kty }), ...(crv !== undefined && { crv }), ...(x !== undefined && { x }), ...(y !== undefined && { y }) } }, encrypted_key: encode(aesKeyWrap(wrapping, contentKey)) };
}

/** Tries every key on every recipient. undefined: none fits. @throws invalid-argument for what is no JWE of a kind we read */
export function unwrapJwe(message: Uint8Array, keys: readonly KeyObject[]): Uint8Array | undefined {
  const parsed = parseMessage(message);
  const secured = parsed.protected === undefined ? {} : parseObject(decode(parsed.protected).toString("utf8")) as Header;
  const recipients = parsed.recipients ?? [parsed];
  for (const recipient of recipients) {
    const header: Header = { ...parsed.unprotected, ...recipient.header, ...secured };
    for (const key of keys) {
      const contentKey = contentKeyOf(header, decode(recipient.encrypted_key ?? ""), key);
      const content = contentKey === undefined ? undefined : openContent(parsed, header, contentKey);
      if (content !== undefined) return content;
    }
  }
  return undefined;
}

function parseMessage(message: Uint8Array): Message {
  const text = Buffer.from(message).toString("utf8").trim();
  const compact = /^([\w-]+)\.([\w-]*)\.([\w-]+)\.([\w-]*)\.([\w-]+)$/.exec(text);
  if (compact !== null) {
    const [, secured = "", encryptedKey = "", iv = "", ciphertext = "", tag = ""] = compact;
    return { protected: secured, encrypted_key: encryptedKey, iv, ciphertext, tag };
  }
  const parsed = parseObject(text) as Message;
  if (!Array.isArray(parsed.recipients ?? []) || (parsed.recipients?.length ?? 0) > maxRecipients) throw malformed();
  return parsed;
}

function parseObject(text: string): object {
  let value: unknown;
  try { value = JSON.parse(text); } catch { throw malformed(); }
  if (typeof value !== "object" || value === null) throw malformed();
  return value;
}
function malformed(): EngineError { return new EngineError("invalid-argument", "jose.ParseEncrypted failed"); }

function contentKeyOf({ alg = "", epk, apu, apv }: Header, wrapped: Uint8Array, key: KeyObject): Uint8Array | undefined {
  const oaepHash = ({ "RSA-OAEP": "sha1", "RSA-OAEP-256": "sha256" } as const)[alg];
  try {
    if (key.asymmetricKeyType === "rsa" && oaepHash !== undefined) return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, wrapped);
    if (key.asymmetricKeyType === "ec" && wrapLengths[alg] !== undefined && epk !== undefined) {
      return aesKeyUnwrap(concatKdf(diffieHellman({ privateKey: key, publicKey: createPublicKey({ key: epk, format: "jwk" }) }), alg, apu, apv), wrapped);
    }
  } catch { /* the key of somebody else */ }
  return undefined;
}

function openContent({ protected: secured = "", iv = "", ciphertext = "", tag = "" }: Message, { enc = "" }: Header, key: Uint8Array): Uint8Array | undefined {
  const length = contentLengths[enc];
  if (length === undefined) throw new EngineError("not-implemented", `JWE: content encryption ${JSON.stringify(enc)} is not supported`);
  if (length !== key.length) return undefined;
  try {
    const cipher = createDecipheriv(`aes-${(length * 8) as 128 | 192 | 256}-gcm`, key, decode(iv));
    cipher.setAAD(Buffer.from(secured, "ascii"));
    cipher.setAuthTag(decode(tag));
    return Buffer.concat([cipher.update(decode(ciphertext)), cipher.final()]);
  } catch { return undefined; }
}

/** RFC 7518, 4.6: one round of SHA-256 is enough for every key length. */
function concatKdf(shared: Uint8Array, alg: string, apu = "", apv = ""): Uint8Array {
  const length = wrapLengths[alg] ?? 32;
  const prefixed = (data: Uint8Array): Buffer => Buffer.concat([number32(data.length), data]);
  const info = Buffer.concat([prefixed(Buffer.from(alg, "ascii")), prefixed(decode(apu)), prefixed(decode(apv)), number32(length * 8)]);
  return createHash("sha256").update(Buffer.concat([number32(1), shared, info])).digest().subarray(0, length);
}
function number32(value: number): Buffer { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(value); return bytes; }

const wrapStart = Buffer.alloc(8, 0xa6);

function aesKeyWrap(key: Uint8Array, content: Uint8Array): Uint8Array {
  const blocks = Array.from({ length: content.length / 8 }, (_, at) => Buffer.from(content.subarray(at * 8, at * 8 + 8)));
  let start: Buffer = wrapStart;
  for (let round = 0; round < 6; round++) {
    for (const [at, block] of blocks.entries()) {
      const cipher = createCipheriv(`aes-${(key.length * 8) as 128 | 192 | 256}-ecb`, key, null).setAutoPadding(false);
      const out = cipher.update(Buffer.concat([start, block]));
      start = counted(out.subarray(0, 8), blocks.length * round + at + 1);
      blocks[at] = Buffer.from(out.subarray(8));
    }
  }
  return Buffer.concat([start, ...blocks]);
}

/** undefined: it was not wrapped with this key. */
function aesKeyUnwrap(key: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
  if (wrapped.length % 8 !== 0 || wrapped.length < 24 || wrapped.length > 80) return undefined;
  const blocks = Array.from({ length: wrapped.length / 8 - 1 }, (_, at) => Buffer.from(wrapped.subarray(at * 8 + 8, at * 8 + 16)));
  let start = Buffer.from(wrapped.subarray(0, 8));
  for (let round = 5; round >= 0; round--) {
    for (let at = blocks.length - 1; at >= 0; at--) {
      const cipher = createDecipheriv(`aes-${(key.length * 8) as 128 | 192 | 256}-ecb`, key, null).setAutoPadding(false);
      const out = cipher.update(Buffer.concat([counted(start, blocks.length * round + at + 1), blocks[at] ?? Buffer.alloc(8)]));
      start = Buffer.from(out.subarray(0, 8));
      blocks[at] = Buffer.from(out.subarray(8));
    }
  }
  return start.equals(wrapStart) ? Buffer.concat(blocks) : undefined;
}

function counted(block: Uint8Array, count: number): Buffer {
  const bytes = Buffer.from(block);
  bytes.writeUInt32BE((bytes.readUInt32BE(4) ^ count) >>> 0, 4);
  return bytes;
}
