/** `dir:`: one image in a folder, each blob a file named by its hex digest, `manifest.json` and `version` beside them. */
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError, isErrno } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import { mediaTypes } from "../contract/types/oci.ts";
import { digestOf, parseDigest } from "../formats/digest.ts";
import { manifestType, maxManifestBytes } from "../formats/manifest.ts";
import type { ImageDestination, ImageLocation, ImageSource, ManifestBytes } from "./types.ts";
import { readFileStream, writeStream } from "./file.ts";
import { maxSignatures } from "./signature/blob.ts";
import { readSignatureFile } from "./signature/lookaside.ts";
import { Meter } from "./verify.ts";

const versionText = "Directory Transport Version: 1.1\n";

/** @throws not-found `open …/manifest.json: no such file or directory` */
export async function openDirectorySource(location: ImageLocation, path: string): Promise<ImageSource> {
  const top = await readManifest(join(path, "manifest.json"));
  return {
    location,
    manifest: async (digest) => (digest === undefined || digest === top.digest ? top : readManifest(join(path, `${parseDigest(digest).hex}.manifest.json`))),
    blob: async ({ digest }, options = {}) => readFileStream(await present(join(path, blobName(digest))), options.offset ?? 0),
    signatures: (digest) => readSignatures(path, digest),
    async [Symbol.asyncDispose]() { /* nothing held */ },
  };
}

function signatureName(instance: string | undefined, position: number): string {
  return `${instance === undefined ? "" : `${parseDigest(instance).hex}.`}signature-${position + 1}`;
}

async function readSignatures(path: string, instance: string | undefined): Promise<readonly Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (; found.length < maxSignatures;) {
    const blob = await readSignatureFile(join(path, signatureName(instance, found.length)));
    if (blob === undefined) return found;
    found.push(blob);
  }
  throw new EngineError("resource-exhausted", `${path} has more than ${maxSignatures} signatures`);
}

/** Reads a manifest file of limited size. */
export async function readManifest(path: string): Promise<ManifestBytes> {
  const { size } = await stat(await present(path));
  if (size > maxManifestBytes) throw new EngineError("resource-exhausted", `${path} is larger than ${maxManifestBytes} bytes`);
  const bytes = await readFile(path);
  return { bytes, mediaType: manifestType(bytes), digest: digestOf(bytes) };
}

/** The path, if it can be opened. @throws not-found in Go's words */
export async function present(path: string): Promise<string> {
  try { await (await open(path, "r")).close(); } catch (error) {
    if (isErrno(error, "ENOENT")) throw new EngineError("not-found", `open ${path}: no such file or directory`, { cause: error });
    throw error;
  }
  return path;
}

/** sha256 blobs are named by their hex digits alone. */
function blobName(digest: string): string {
  const { algorithm, hex } = parseDigest(digest);
  return algorithm === "sha256" ? hex : `${algorithm}-${hex}`;
}

/**
 * Writes into `path`, which must be absent, empty, or an older image of this kind (which is replaced).
 * @throws failed-precondition for a folder with other content
 */
export async function openDirectoryDestination(location: ImageLocation, path: string): Promise<ImageDestination> {
  await claim(path);
  const temporary = new Set<string>();
  let committed = false;
  return {
    location,
    manifestTypes: [mediaTypes.ociManifest, mediaTypes.dockerManifest, mediaTypes.ociIndex, mediaTypes.dockerIndex],
    layers: "keep",
    reuse: async (descriptor) => {
      const info = await stat(join(path, blobName(descriptor.digest))).catch(() => undefined);
      return info?.size === descriptor.size ? descriptor : undefined;
    },
    put: async (descriptor, data) => {
      const partial = join(path, `dir-put-blob${newId().slice(0, 12)}`);
      temporary.add(partial);
      const meter = new Meter();
      await using file = await open(partial, "wx", 0o644);
      const size = await writeStream(file, meter.through(data));
      const { digest } = meter.result();
      renameSync(partial, join(path, blobName(digest)));
      temporary.delete(partial);
      return { ...descriptor, digest, size };
    },
    putManifest: async (bytes, _mediaType, instance) => writeFile(join(path, instance === undefined ? "manifest.json" : `${parseDigest(instance).hex}.manifest.json`), bytes),
    putSignatures: async (blobs, _digest, instance) => {
      for (const [position, blob] of blobs.entries()) await writeFile(join(path, signatureName(instance, position)), blob);
    },
    commit: async () => { committed = true; },
    async [Symbol.asyncDispose]() {
      for (const partial of temporary) rmSync(partial, { force: true });
      if (!committed) rmSync(join(path, "manifest.json"), { force: true });
    },
  };
}

async function claim(path: string): Promise<void> {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const names = readdirSync(path);
  if (names.length > 0) {
    const version = await readFile(join(path, "version"), "utf8").catch(() => "");
    if (version !== versionText) throw new EngineError("failed-precondition", `${path} not empty`, { hint: "give a new or empty directory" });
    for (const name of names) rmSync(join(path, name), { recursive: true });
  }
  await writeFile(join(path, "version"), versionText);
}
