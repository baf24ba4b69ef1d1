/** PKCS#7 enveloped data as ocicrypt writes it: AES-128-GCM content, its key encrypted with RSA (PKCS#1 v1.5) for each certificate. RFC 5652 */
import { constants, createCipheriv, createDecipheriv, privateDecrypt, publicEncrypt, randomBytes, type KeyObject, type X509Certificate } from "node:crypto";
import { EngineError } from "../../base/errors.ts";
import { derNumber, derOid, derTags, isOid, partsOf, readDer, writeDer, type DerValue } from "../../formats/der.ts";

const oids = {
  data: "1.2.840.113549.1.7.1", enveloped: "1.2.840.113549.1.7.3", rsa: "1.2.840.113549.1.1.1", aes128gcm: "2.16.840.1.101.3.4.1.6", aes256gcm: "2.16.840.1.101.3.4.1.46",
} as const;
const { integer, octets, sequence, set, context0 } = derTags;
const tagBytes = 16;
const nonceTag = 0x84;

/** Which certificate a recipient is: issuer and serial number as they stand in it. */
function identityOf(certificate: X509Certificate): Uint8Array {
  const [body] = partsOf(readDer(certificate.raw)[0], sequence);
  const fields = partsOf(body, sequence);
  // A version comes first, in certificates of version 2 and later.
  const [serial, , issuer] = fields[0]?.tag === context0 ? fields.slice(1) : fields;
  if (serial?.tag !== integer || issuer?.tag !== sequence) throw new EngineError("invalid-argument", "PKCS7: not a certificate of a known form");
  return writeDer(sequence, issuer.whole, serial.whole);
}

/** @throws invalid-argument for certificates without an RSA key */
export function wrapPkcs7(content: Uint8Array, certificates: readonly X509Certificate[]): Uint8Array {
  const [key, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  const recipients = certificates.map((certificate) => {
    if (certificate.publicKey.asymmetricKeyType !== "rsa") throw new EngineError("invalid-argument", "PKCS7: the certificate's key is not an RSA key");
    const wrapped = publicEncrypt({ key: certificate.publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
    return writeDer(sequence, derNumber(0), identityOf(certificate), writeDer(sequence, derOid(oids.rsa), writeDer(derTags.null)), writeDer(octets, wrapped));
  });
  // The parameters stand in a sequence of their own, and the nonce has a tag of its own: that is how the library of ocicrypt reads them.
  const parameters = writeDer(sequence, writeDer(sequence, writeDer(nonceTag, nonce), derNumber(tagBytes)));
  const algorithm = writeDer(sequence, derOid(oids.aes128gcm), parameters);
  const info = writeDer(sequence, derOid(oids.data), algorithm, writeDer(context0, writeDer(octets, sealed)));
  const enveloped = writeDer(sequence, derNumber(0), writeDer(set, ...recipients), info);
  return writeDer(sequence, derOid(oids.enveloped), writeDer(context0, enveloped));
}

/** undefined: no key and certificate fit. @throws invalid-argument for what is no such message */
export function unwrapPkcs7(message: Uint8Array, keys: readonly KeyObject[], certificates: readonly X509Certificate[]): Uint8Array | undefined {
  const [type, wrapped] = partsOf(readDer(message)[0], sequence);
  if (!isOid(type, oids.enveloped)) throw new EngineError("invalid-argument", "could not parse PKCS7 packet: it is not enveloped data");
  const [enveloped] = partsOf(wrapped, context0);
  const [, recipients, info] = partsOf(enveloped, sequence);
  const [, algorithm, content] = partsOf(info, sequence);
  for (const recipient of partsOf(recipients, set)) {
    const [, identity, , encryptedKey] = partsOf(recipient, sequence);
    if (identity === undefined || encryptedKey === undefined || !certificates.some((certificate) => Buffer.from(identityOf(certificate)).equals(identity.whole))) continue;
    for (const key of keys) {
      const contentKey = key.asymmetricKeyType === "rsa" ? rsaDecrypt(key, encryptedKey.content) : undefined;
      const opened = contentKey === undefined ? undefined : openContent(algorithm, content, contentKey);
      if (opened !== undefined) return opened;
    }
  }
  return undefined;
}

/** PKCS#1 v1.5 by hand, because the library refuses it for fear of oracles: nobody can ask this program a second time and be told. */
function rsaDecrypt(key: KeyObject, data: Uint8Array): Uint8Array | undefined {
  let padded: Uint8Array;
  try { padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, data); } catch { return undefined; }
  if (padded[0] !== 0 || padded[1] !== 2) return undefined;
  const end = padded.indexOf(0, 2);
  return end < 10 ? undefined : padded.subarray(end + 1);
}

function openContent(algorithm: DerValue | undefined, content: DerValue | undefined, key: Uint8Array): Uint8Array | undefined {
  const [name, parameters] = partsOf(algorithm, sequence);
  const length = isOid(name, oids.aes128gcm) ? 16 : isOid(name, oids.aes256gcm) ? 32 : undefined;
  if (length === undefined) throw new EngineError("not-implemented", "PKCS7: the content's encryption is not supported: only AES-GCM is");
  if (length !== key.length || parameters === undefined) return undefined;
  const inner = readDer(parameters.content);
  const nonce = (inner[0]?.tag === octets ? inner[0] : readDer(inner[0]?.content ?? new Uint8Array())[0])?.content ?? new Uint8Array();
  const sealed = content?.tag === context0 ? Buffer.concat(readDer(content.content).map((part) => part.content)) : content?.content ?? new Uint8Array();
  if (sealed.length < tagBytes) return undefined;
  try {
    const cipher = createDecipheriv(`aes-${(length * 8) as 128 | 256}-gcm`, key, nonce);
    cipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([cipher.update(sealed.subarray(0, -tagBytes)), cipher.final()]);
  } catch { return undefined; }
}
