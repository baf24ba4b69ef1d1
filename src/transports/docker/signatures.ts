/** Signatures of images in registries: from the lookaside and, where registries.d says so, from attachments. */
import { EngineError } from "../../base/errors.ts";
import { loadSignaturePlaces, lookasideBase, registriesFolder, usesAttachments } from "../../config/registries-d.ts";
import { readHostFacts, type Environment } from "../../config/rootless.ts";
import type { CallOptions } from "../../contract/kit.ts";
import { readAttachments, writeAttachments, type AttachmentWriter } from "../signature/attachments.ts";
import { parseSignature, signatureBlob } from "../signature/blob.ts";
import { readLookaside, writeLookaside } from "../signature/lookaside.ts";
import type { RegistryClient } from "./client.ts";

export interface SignatureOptions extends CallOptions { readonly env: Environment }

/** @throws when a configured place cannot be read: an outage must not look like an unsigned image */
export async function readSignatures(client: RegistryClient, reference: string, digest: string, { env, signal }: SignatureOptions): Promise<readonly Uint8Array[]> {
  const facts = readHostFacts(env);
  const places = await loadSignaturePlaces(registriesFolder(facts));
  const simple = await readLookaside(lookasideBase(places, reference, "read", env, facts), digest, signal);
  const attached = usesAttachments(places, reference) ? await readAttachments(client, digest, signal) : [];
  return [...simple, ...attached.map(signatureBlob)];
}

/** Simple signatures go to the lookaside, sigstore's to attachments. @throws failed-precondition where configuration forbids */
export async function writeSignatures(client: RegistryClient, writer: AttachmentWriter, reference: string, digest: string, blobs: readonly Uint8Array[], { env, signal }: SignatureOptions): Promise<void> {
  const facts = readHostFacts(env);
  const places = await loadSignaturePlaces(registriesFolder(facts));
  const all = blobs.map(parseSignature);
  const attached = all.flatMap((signature) => signature.kind === "sigstore" ? [signature] : []);
  if (attached.length > 0 && !usesAttachments(places, reference)) {
    throw new EngineError("failed-precondition", "writing sigstore attachments is disabled by configuration", { hint: "set use-sigstore-attachments: true for the registry in registries.d" });
  }
  if (attached.length > 0) await writeAttachments(client, writer, digest, attached, signal);
  const simple = all.flatMap((signature) => signature.kind === "simple" ? [signature.message] : []);
  if (simple.length > 0) await writeLookaside(lookasideBase(places, reference, "write", env, facts), digest, simple);
}
