/** Signatures beside the registry: `BASE@sha256=HEX/signature-N`, N from 1 without gaps (containers/image, signature-protocols.md). */
import { mkdirSync, rmSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { EngineError, isErrno } from "../../base/errors.ts";
import { parseDigest } from "../../formats/digest.ts";
import { readAll } from "../verify.ts";
import { maxSignatureBytes, maxSignatures } from "./blob.ts";

function signatureUrl(base: URL, digest: string, position: number): URL {
  const { algorithm, hex } = parseDigest(digest);
  const url = new URL(base);
  url.pathname = `${base.pathname}@${algorithm}=${hex}/signature-${position + 1}`;
  return url;
}

/** Every signature blob of a manifest. @throws unavailable when a server fails, so that an outage is never "unsigned" */
export async function readLookaside(base: URL, digest: string, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (; found.length < maxSignatures;) {
    const blob = await readOne(signatureUrl(base, digest, found.length), signal);
    if (blob === undefined) return found;
    found.push(blob);
  }
  throw new EngineError("resource-exhausted", `${base.href} has more than ${maxSignatures} signatures`);
}

async function readOne(url: URL, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  if (url.protocol === "file:") return readSignatureFile(fileURLToPath(url));
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new EngineError("invalid-argument", `Unsupported scheme when reading signature from ${url.href}`);
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (response.status === 404 || (response.status === 200 && response.body === null)) { await response.body?.cancel(); return undefined; }
  if (response.status !== 200 || response.body === null) { await response.body?.cancel(); throw new EngineError("unavailable", `reading signature from ${url.href}: status ${response.status}`); }
  return readAll(response.body, maxSignatureBytes, "signature");
}

/** undefined when absent. */
export async function readSignatureFile(path: string): Promise<Uint8Array | undefined> {
  try {
    if ((await stat(path)).size > maxSignatureBytes) throw new EngineError("resource-exhausted", `${path} is larger than ${maxSignatureBytes} bytes`);
    return await readFile(path);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Puts these and no others. Idempotent; not atomic as a set, as readers stop at the first gap. */
export async function writeLookaside(base: URL, digest: string, blobs: readonly Uint8Array[]): Promise<void> {
  if (base.protocol !== "file:") throw new EngineError("failed-precondition", `Writing directly to a ${base.protocol.slice(0, -1)} lookaside ${base.href} is not supported. Configure a lookaside-staging: location`);
  for (const [position, blob] of blobs.entries()) {
    const path = fileURLToPath(signatureUrl(base, digest, position));
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    await writeFile(path, blob, { mode: 0o644 });
  }
  for (let position = blobs.length; position < maxSignatures; position++) {
    const path = fileURLToPath(signatureUrl(base, digest, position));
    if ((await stat(path).catch(() => undefined)) === undefined) return;
    rmSync(path);
  }
}
