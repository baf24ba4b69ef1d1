/** The cipher of encrypted layers (ocicrypt's AES_256_CTR_HMAC_SHA256): AES-256 in counter mode, and an HMAC over what it yields, with the same key. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";

const cipherName = "AES_256_CTR_HMAC_SHA256";
const keyBytes = 32;
const nonceBytes = 16;

/** What only key holders learn; base64. It is wrapped for each of them as JSON. */
export interface PrivateOptions { readonly symkey: string; readonly digest: string; readonly cipheroptions: { readonly nonce?: string } | null }
/** What anybody may know; base64. */
export interface PublicOptions { readonly cipher: string; readonly hmac: string; readonly cipheroptions: { readonly nonce?: string } | null }

export interface Sealing {
  readonly stream: ByteStream;
  /** Call it when the stream has ended. */
  readonly options: () => { readonly secret: PrivateOptions; readonly open: PublicOptions };
}

/** Encrypts with a key made for it. `digest`: of the layer as it was, told to key holders. */
export function sealStream(data: ByteStream, digest: string): Sealing {
  const [key, nonce] = [randomBytes(keyBytes), randomBytes(nonceBytes)];
  const mac = createHmac("sha256", key);
  const cipher = createCipheriv("aes-256-ctr", key, nonce);
  let hmac: string | undefined;
  const stream = (async function* () {
    for await (const chunk of data) {
      const sealed = cipher.update(chunk);
      mac.update(sealed);
      yield sealed;
    }
    hmac = mac.digest("base64");
  })();
  return {
    stream,
    options: () => {
      if (hmac === undefined) throw new EngineError("internal", "encryption is not finished");
      return { secret: { symkey: key.toString("base64"), digest, cipheroptions: { nonce: nonce.toString("base64") } }, open: { cipher: cipherName, hmac, cipheroptions: {} } };
    },
  };
}

/** Decrypts; instead of ending it throws when the data are not what was encrypted. @throws invalid-argument, data-loss */
export async function* openStream(data: ByteStream, secret: PrivateOptions, open: PublicOptions): ByteStream {
  if (open.cipher !== cipherName) throw new EngineError("invalid-argument", `unsupported cipher type: ${open.cipher}`);
  const key = Buffer.from(secret.symkey, "base64");
  const nonce = Buffer.from(open.cipheroptions?.nonce ?? secret.cipheroptions?.nonce ?? "", "base64");
  if (key.length !== keyBytes) throw new EngineError("invalid-argument", `invalid key length of ${key.length} bytes; need ${keyBytes} bytes`);
  if (nonce.length !== nonceBytes) throw new EngineError("invalid-argument", `invalid nonce length of ${nonce.length} bytes; need ${nonceBytes} bytes`);
  const mac = createHmac("sha256", key);
  const cipher = createDecipheriv("aes-256-ctr", key, nonce);
  for await (const chunk of data) {
    mac.update(chunk);
    yield cipher.update(chunk);
  }
  const [actual, expected] = [mac.digest(), Buffer.from(open.hmac, "base64")];
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw new EngineError("data-loss", `could not properly decrypt byte stream; exp hmac: '${expected.toString("hex")}', actual hmac: '${actual.toString("hex")}'`, { reason: "digest-mismatch" });
  }
}
