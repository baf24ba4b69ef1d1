/** Encrypted layers (ocicrypt): the layer's key is wrapped for each recipient and travels in the layer's annotations. */
import type { Environment } from "../../config/rootless.ts";
import { EngineError, messageOf } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { LayerDecryption, LayerEncryption } from "../types.ts";
import { openStream, sealStream, type PrivateOptions, type PublicOptions } from "./cipher.ts";
import { unwrapJwe, wrapJwe } from "./jwe.ts";
import { readDecryptionKeys, readRecipients, type DecryptionKeys } from "./keys.ts";
import { unwrapPgp, wrapPgp } from "./pgp.ts";
import { unwrapPkcs7, wrapPkcs7 } from "./pkcs7.ts";

const prefix = "org.opencontainers.image.enc";
const kinds = ["jwe", "pkcs7", "pgp"] as const;
const annotationOf = (kind: (typeof kinds)[number]): string => `${prefix}.keys.${kind}`;
const publicAnnotation = `${prefix}.pubopts`;
/** Annotations are part of a manifest, which is at most 4 MiB. */
const maxOptionsBytes = 64 * 1024;

/** `layers`: positions, negative ones from the end; all without. @throws invalid-argument `invalid encryption keys: …` */
export function layerEncryption(keys: readonly string[], layers: readonly number[] | undefined, env: Environment): LayerEncryption {
  const { publicKeys, certificates, pgp } = readRecipients(keys);
  return {
    ...(layers === undefined || layers.length === 0 ? {} : { layers }),
    seal: (data, digest) => {
      const { stream, options } = sealStream(data, digest);
      return {
        stream,
        annotations: async () => {
          const { secret, open } = options();
          const content = Buffer.from(JSON.stringify(secret));
          const wrapped = {
            ...(publicKeys.length === 0 ? {} : { [annotationOf("jwe")]: wrapJwe(content, publicKeys) }),
            ...(certificates.length === 0 ? {} : { [annotationOf("pkcs7")]: wrapPkcs7(content, certificates) }),
            ...(pgp.length === 0 ? {} : { [annotationOf("pgp")]: await wrapPgp(content, pgp, env) }),
            [publicAnnotation]: Buffer.from(JSON.stringify(open)),
          };
          return Object.fromEntries(Object.entries(wrapped).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]));
        },
      };
    },
  };
}

/** Without keys every encrypted layer is refused. @throws invalid-argument `invalid decryption keys: …` */
export function layerDecryption(names: readonly string[], env: Environment): LayerDecryption {
  const keys = readDecryptionKeys(names);
  return { open: (data, annotations, digest) => opened(data, annotations, keys, env, digest) };
}

async function* opened(data: ByteStream, annotations: Readonly<Record<string, string>>, keys: DecryptionKeys, env: Environment, digest: string): ByteStream {
  let secret: PrivateOptions;
  let open: PublicOptions;
  try {
    secret = parseOptions(await unwrapped(annotations, keys, env)) as PrivateOptions;
    open = parseOptions(Buffer.from(annotations[publicAnnotation] ?? "", "base64")) as PublicOptions;
  } catch (error) { throw new EngineError(error instanceof EngineError ? error.code : "permission-denied", `decrypting layer ${digest}: ${messageOf(error)}`, { cause: error }); }
  yield* openStream(data, secret, open);
}

async function unwrapped(annotations: Readonly<Record<string, string>>, keys: DecryptionKeys, env: Environment): Promise<Uint8Array> {
  const { privateKeys, certificates, keyRings } = keys;
  const failures: string[] = [];
  let isKeyGiven = false;
  for (const kind of kinds) {
    const packets = (annotations[annotationOf(kind)] ?? "").split(",").filter((packet) => packet !== "");
    const has = kind === "pgp" ? keyRings.length > 0 : privateKeys.length > 0;
    if (packets.length === 0 || !has) continue;
    isKeyGiven = true;
    for (const packet of packets) {
      const message = Buffer.from(packet, "base64");
      try {
        const found = kind === "jwe" ? unwrapJwe(message, privateKeys) : kind === "pkcs7" ? unwrapPkcs7(message, privateKeys, certificates) : await unwrapPgp(message, keyRings, env);
        if (found !== undefined) return found;
        failures.push(kind === "pkcs7" && certificates.length === 0 ? "no x509 certificates found needed for PKCS7 decryption" : `${kind.toUpperCase()}: No suitable private key found for decryption`);
      } catch (error) { failures.push(messageOf(error)); }
    }
  }
  const why = failures.map((failure) => `- ${failure}`).join("\n");
  if (!isKeyGiven) throw new EngineError("permission-denied", "missing private key needed for decryption:", { hint: "give the key with --decryption-key" });
  throw new EngineError("permission-denied", `no suitable key unwrapper found or none of the private keys could be used for decryption:\n${why}`);
}

function parseOptions(bytes: Uint8Array): object {
  if (bytes.length > maxOptionsBytes) throw new EngineError("resource-exhausted", `options of an encrypted layer are larger than ${maxOptionsBytes} bytes`);
  let value: unknown;
  try { value = JSON.parse(Buffer.from(bytes).toString("utf8")); } catch (cause) { throw new EngineError("invalid-argument", "options of an encrypted layer are not valid JSON", { cause }); }
  if (typeof value !== "object" || value === null) throw new EngineError("invalid-argument", "options of an encrypted layer are no object");
  return value;
}
