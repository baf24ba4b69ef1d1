/** Applies policy.json to one manifest and its signatures: every requirement of the scope must hold. Nothing is accepted by default. */
import { readFileSync } from "node:fs";
import type { KeyObject } from "node:crypto";
import { EngineError, messageOf, within } from "../../base/errors.ts";
import { requirementsFor, type KeySources, type Policy, type PolicyRequirement, type SignedBy, type SignedIdentity, type SigstoreSigned } from "../../config/policy.ts";
import type { Environment } from "../../config/rootless.ts";
import { digestOf } from "../../formats/digest.ts";
import { maxSignatureBytes, sigstoreAnnotation, sigstoreType, type Signature } from "./blob.ts";
import { GpgVerifier } from "./gpg.ts";
import { fitsIdentity } from "./identity.ts";
import { readPayload, type SignedClaim } from "./payload.ts";
import { isSignedByAny, readPublicKey } from "./sigstore.ts";

export interface Judged {
  readonly transport: string;
  /** The image in the words of policy scopes: a reference, a path, or empty. */
  readonly scope: string;
  /** Docker reference of the image; undefined for places that give none. */
  readonly reference?: string;
  readonly manifest: Uint8Array;
  /** Read only when a requirement asks for them. */
  readonly signatures: () => Promise<readonly Signature[]>;
  readonly env: Environment;
}

/** Returns when the policy lets the image pass. @throws permission-denied `Source image rejected: …` */
export async function admit(policy: Policy, image: Judged): Promise<void> {
  for (const requirement of requirementsFor(policy, image.transport, image.scope)) {
    try { await apply(requirement, image); } catch (error) {
      throw new EngineError("permission-denied", `Source image rejected: ${messageOf(error)}`, { hint: `see ${policy.path}`, cause: error });
    }
  }
}

async function apply(requirement: PolicyRequirement, image: Judged): Promise<void> {
  switch (requirement.type) {
    case "insecureAcceptAnything": return;
    case "reject": throw denied(`Running image ${image.transport}:${image.transport === "docker" ? "//" : ""}${image.scope} is rejected by policy.`);
    case "signedBaseLayer": throw denied("requirement signedBaseLayer is not supported");
    case "signedBy": return bySimpleSigning(requirement, image);
    case "sigstoreSigned": return bySigstore(requirement, image);
  }
}

async function bySimpleSigning(requirement: SignedBy, image: Judged): Promise<void> {
  const messages = (await image.signatures()).flatMap((signature) => signature.kind === "simple" ? [signature.message] : []);
  await using verifier = await GpgVerifier.of(keysOf(requirement), image.env);
  await oneOf(messages, async (message) => {
    checkClaim(readPayload("simple", await verifier.open(message, image.env)), requirement.signedIdentity, image);
  }, "A signature was required, but no signature exists");
}

async function bySigstore(requirement: SigstoreSigned, image: Judged): Promise<void> {
  if (requirement.unsupported !== undefined) throw denied(`sigstoreSigned with ${requirement.unsupported} cannot be verified by this version`);
  const keys = keysOf(requirement).map(readPublicKey);
  const all = await image.signatures();
  const found = all.flatMap((signature) => signature.kind === "sigstore" && signature.mediaType === sigstoreType ? [signature] : []);
  await oneOf(found, async (signature) => { checkClaim(openSigstore(signature, keys), requirement.signedIdentity, image); },
    all.length === 0 ? "A signature was required, but no signature exists" : `A signature was required, but no signature exists (${all.length} of other kinds ignored)`);
}

function openSigstore(signature: Signature & { readonly kind: "sigstore" }, keys: readonly KeyObject[]): SignedClaim {
  const made = signature.annotations[sigstoreAnnotation];
  if (made === undefined) throw denied(`missing ${sigstoreAnnotation} annotation`);
  if (!isSignedByAny(keys, signature.payload, Buffer.from(made, "base64"))) throw denied("cryptographic signature verification failed: invalid signature when validating ASN.1 encoded signature");
  return readPayload("sigstore", signature.payload);
}

/** The signature speaks of these very bytes, under a name that fits. */
function checkClaim({ digest, reference }: SignedClaim, identity: SignedIdentity, image: Judged): void {
  const actual = digestOf(image.manifest, digest.startsWith("sha512:") ? "sha512" : "sha256");
  if (digest !== actual) throw denied(`Signature for digest ${digest} does not match`);
  if (!fitsIdentity(identity, image.reference, reference)) throw denied(`Signature for identity ${JSON.stringify(reference)} is not accepted`);
}

async function oneOf<T>(candidates: readonly T[], check: (candidate: T) => Promise<void>, none: string): Promise<void> {
  const reasons: string[] = [];
  for (const candidate of candidates) {
    try { await check(candidate); return; } catch (error) { reasons.push(messageOf(error)); }
  }
  throw denied(reasons.length === 0 ? none : reasons.length === 1 ? reasons[0] ?? "" : `None of the signatures were accepted, reasons: ${reasons.join("; ")}`);
}

function keysOf({ keyPaths, keyDatas }: KeySources): readonly Uint8Array[] {
  const keys = [...keyPaths.map(readKey), ...keyDatas.map((data) => Buffer.from(data, "base64"))];
  if (keys.some(({ length }) => length > maxSignatureBytes)) throw denied("a key of the policy is too large");
  return keys;
}

function readKey(path: string): Uint8Array {
  try { return readFileSync(path); } catch (error) { throw within(`reading key ${JSON.stringify(path)}`, error); }
}

function denied(message: string): EngineError { return new EngineError("permission-denied", message); }
