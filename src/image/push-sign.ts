/** Signing while pushing: which keys were asked for, and for which name. */
import { readFileSync } from "node:fs";
import { EngineError, within } from "../base/errors.ts";
import type { CallOptions } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Signer } from "../transports/signature/signer.ts";
import type { CopyOptions, ImageLocation } from "../transports/types.ts";

export interface SignInput {
  readonly signBy?: string | undefined;
  readonly signBySqFingerprint?: string | undefined;
  readonly signBySigstorePrivateKey?: string | undefined;
  readonly signPassphrase?: string | undefined;
  readonly signPassphraseFile?: string | undefined;
}

/** Nothing when no key was named. @throws failed-precondition for a destination whose images have no name */
export function signing(context: EngineContext, input: SignInput, location: ImageLocation, { onProgress }: CallOptions): Pick<CopyOptions, "sign"> {
  const signers = signersOf(input);
  if (signers.length === 0) return {};
  const reference = location.transport === "docker" ? location.reference : undefined;
  if (reference === undefined) throw new EngineError("failed-precondition", `Cannot determine canonical Docker reference for destination ${location.display}`);
  return {
    sign: async (manifest) => {
      const { describeSigner, makeSignature } = await import("../transports/signature/signer.ts");
      const made: Uint8Array[] = [];
      for (const signer of signers) {
        onProgress?.({ key: `sign-${signer.kind}`, message: `Creating signature${signers.length === 1 ? "" : ` ${made.length + 1}`}: ${describeSigner(signer)}` });
        made.push(await makeSignature(signer, manifest, reference, context.env));
      }
      return made;
    },
  };
}

function signersOf({ signBy = "", signBySqFingerprint = "", signBySigstorePrivateKey = "", signPassphrase = "", signPassphraseFile }: SignInput): readonly Signer[] {
  const signers: Signer[] = [];
  if (signBy !== "") signers.push({ kind: "simple", key: signBy, ...(signPassphraseFile === undefined || signPassphraseFile === "" ? {} : { passphraseFile: signPassphraseFile }) });
  if (signBySqFingerprint !== "") signers.push({ kind: "sequoia", fingerprint: signBySqFingerprint, ...(signPassphraseFile === undefined || signPassphraseFile === "" ? {} : { passphraseFile: signPassphraseFile }) });
  if (signBySigstorePrivateKey !== "") signers.push({ kind: "sigstore", keyFile: readKey(signBySigstorePrivateKey), passphrase: signPassphrase });
  return signers;
}

function readKey(path: string): string {
  try { return readFileSync(path, "utf8"); } catch (error) { throw within(`reading private key from ${path}`, error); }
}
