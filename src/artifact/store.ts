/** Where artifacts are kept: an OCI image layout below the graph root, guarded by `index.lock` (Podman's form on disk). */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import type { Artifact } from "../contract/artifact/operations.ts";
import { mediaTypes, type Descriptor, type ImageManifest } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { checkDigest, digestHex } from "../formats/digest.ts";
import { parseManifest } from "../formats/manifest.ts";
import { goJson } from "../formats/manifest-write.ts";
import { lockFile } from "../sys/index.ts";
import { blobPath, folderReader, readLayoutIndex, refNameAnnotation } from "../transports/oci-layout.ts";

/** A stored artifact with its entry of the index. */
export interface Stored extends Artifact { readonly entry: Descriptor }

/** The store's folder; made, with an empty index, at first use. */
export function artifactFolder({ config }: EngineContext): string {
  const root = join(config.storage.graphRoot, "artifacts");
  if (existsSync(join(root, "index.json"))) return root;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  writeIndex(root, []);
  return root;
}

/** Runs `work` while no other process changes the index. */
export async function locked<T>(root: string, mode: "read" | "write", work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const lock = await lockFile(join(root, "index.lock"), mode, signal);
  try { return await work(); } finally { lock.release(); }
}

/** @throws not-found, data-loss for damaged manifests */
export async function readArtifacts(root: string): Promise<readonly Stored[]> {
  const { manifests } = await readLayoutIndex(folderReader(root));
  return Promise.all(manifests.map(async (entry) => {
    const bytes = await readFile(join(root, blobPath(entry.digest)));
    checkDigest(bytes, entry.digest, `manifest ${entry.digest}`);
    const parsed = parseManifest(bytes, entry.mediaType);
    if (parsed.kind === "index") throw new EngineError("invalid-argument", `manifest ${JSON.stringify(entry.digest)} is index list`);
    return { Manifest: parsed.image, Name: entry.annotations?.[refNameAnnotation] ?? "", Digest: entry.digest, entry };
  }));
}

/** By name, else by digest or its beginning. @throws not-found `NAME: artifact does not exist` */
export function findArtifact(artifacts: readonly Stored[], ref: string): Stored {
  if (ref === "") throw new EngineError("invalid-argument", "artifact name cannot be empty");
  const found = artifacts.find(({ Name }) => Name === ref) ?? artifacts.find(({ Digest }) => digestHex(Digest).startsWith(ref));
  if (found === undefined) throw new EngineError("not-found", `${ref}: artifact does not exist`);
  return found;
}

/** Replaces the index as a whole: readers see the old one or the new one. */
export function writeIndex(root: string, manifests: readonly Descriptor[]): void {
  const partial = join(root, `index.json.${newId().slice(0, 12)}`);
  writeFileSync(partial, goJson({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }), { mode: 0o644 });
  renameSync(partial, join(root, "index.json"));
}

/** Deletes the blobs of artifacts that are gone, but for those that others use. The lock must be held. */
export async function removeBlobs(root: string, gone: readonly Pick<Stored, "Digest" | "Manifest">[]): Promise<void> {
  const used = new Set((await readArtifacts(root)).flatMap(blobsOf));
  for (const digest of new Set(gone.flatMap(blobsOf))) if (!used.has(digest)) rmSync(join(root, blobPath(digest)), { force: true });
}

function blobsOf({ Digest, Manifest }: { readonly Digest: string; readonly Manifest: ImageManifest }): readonly string[] {
  return [Digest, Manifest.config.digest, ...Manifest.layers.map(({ digest }) => digest)];
}
