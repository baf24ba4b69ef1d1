/** Makes the signatures that a push was asked for. */
import type { Environment } from "../../config/rootless.ts";
import { digestOf } from "../../formats/digest.ts";
import { signatureBlob } from "./blob.ts";
import { gpgSign } from "./gpg.ts";
import { writePayload } from "./payload.ts";
import { sigstoreSign } from "./sigstore.ts";

export type Signer =
  /** A key of the user's GnuPG ring, by id, fingerprint or address. */
  | { readonly kind: "simple"; readonly key: string; readonly passphraseFile?: string }
  /** A key of Sequoia's key store, by fingerprint. */
  | { readonly kind: "sequoia"; readonly fingerprint: string; readonly passphraseFile?: string }
  /** Content of an encrypted private key file. */
  | { readonly kind: "sigstore"; readonly keyFile: string; readonly passphrase: string };

/** What the progress line says of it. */
export function describeSigner({ kind }: Signer): string {
  switch (kind) {
    case "simple": return "Signing image using simple signing";
    case "sequoia": return "Signing image using Sequoia-PGP simple signing";
    case "sigstore": return "Signing image using a sigstore signature";
  }
}

/** The signature's blob for a manifest that is to be known as `reference`. */
export async function makeSignature(signer: Signer, manifest: Uint8Array, reference: string, env: Environment): Promise<Uint8Array> {
  const payload = writePayload(signer.kind === "sequoia" ? "simple" : signer.kind, { digest: digestOf(manifest), reference }, Math.floor(Date.now() / 1000));
  if (signer.kind === "simple") return gpgSign(payload, signer.key, env, signer.passphraseFile);
  if (signer.kind === "sequoia") return (await import("./sequoia.ts")).sqSign(payload, signer.fingerprint, env, signer.passphraseFile);
  return signatureBlob(sigstoreSign(payload, signer.keyFile, signer.passphrase));
}
