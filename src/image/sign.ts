import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { EngineError, within } from "../base/errors.ts";
import { loadSignaturePlaces, lookasideBase, registriesFolder } from "../config/registries-d.ts";
import { readHostFacts } from "../config/rootless.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { sign as operation } from "../contract/image/sign.ts";
import type { EngineContext } from "../engine/context.ts";
import { checkDigest, parseDigest } from "../formats/digest.ts";
import { parseManifest } from "../formats/manifest.ts";
import { parseNormalized } from "../formats/reference.ts";
import { parseLocation } from "../transports/location.ts";
import { makeSignature } from "../transports/signature/signer.ts";
import type { ImageLocation, ImageSource, ManifestBytes } from "../transports/types.ts";
import { accessOf } from "./access.ts";
import { lookupImage } from "./lookup.ts";
import { openSource } from "./open-source.ts";

type SignInput = InputOf<typeof operation.input>;

/** podman-image-sign(1). Signatures that are there stay; a new one gets the next number. @throws see the operation */
export async function sign(context: EngineContext, input: SignInput, { signal }: CallOptions = {}): Promise<void> {
  for (const name of input.references ?? []) {
    const location = parseLocation(name);
    if (location === undefined) throw new EngineError("invalid-argument", `parsing image name: Invalid image name ${JSON.stringify(name)}, expected colon-separated transport:reference`, { hint: "begin with docker://" });
    const reference = await nameOf(context, location);
    await using source = await openSource(context, location, accessOf(context, input), signal === undefined ? {} : { signal });
    const base = await folderBase(context, input, reference);
    for (const manifest of await manifestsOf(source, input, name)) {
      await signOne(context, input.signBy, reference, manifest, base).catch((error: unknown) => { throw within(`storing signature for ${reference}, ${manifest.digest}`, error); });
    }
  }
}

/** What the signature is for: registries' names, and those of images in local storage. @throws invalid-argument for images without one */
async function nameOf(context: EngineContext, { transport, reference, display }: ImageLocation): Promise<string> {
  if (transport === "docker" && reference !== undefined) return reference;
  const found = transport === "containers-storage" ? await lookupImage(context, reference ?? "") : undefined;
  if (found === undefined || !found.image.names.includes(found.name)) throw new EngineError("invalid-argument", `cannot determine canonical Docker reference for destination ${display}`);
  return found.name;
}

async function manifestsOf(source: ImageSource, { all }: SignInput, name: string): Promise<readonly ManifestBytes[]> {
  const top = await source.manifest();
  if (all !== true) return [top];
  const parsed = parseManifest(top.bytes, top.mediaType);
  if (parsed.kind !== "index") throw new EngineError("invalid-argument", `${name} is not a multi-architecture image (manifest type ${parsed.mediaType})`);
  const found: ManifestBytes[] = [];
  for (const { digest } of parsed.index.manifests) {
    const manifest = await source.manifest(digest);
    checkDigest(manifest.bytes, digest, `manifest ${digest}`);
    found.push(manifest);
  }
  return found;
}

/** The folder's path up to the `@` before the digest. @throws failed-precondition for a place that cannot be written */
async function folderBase(context: EngineContext, { directory }: SignInput, reference: string): Promise<string> {
  if (directory !== undefined && directory !== "") {
    if (!existsSync(directory)) throw new EngineError("not-found", `faccessat ${directory}: no such file or directory`);
    return fileURLToPath(pathToFileURL(join(directory, parseNormalized(reference).path)));
  }
  const facts = readHostFacts(context.env);
  const url = lookasideBase(await loadSignaturePlaces(registriesFolder(facts)), reference, "write", context.env, facts);
  if (url.protocol !== "file:") throw new EngineError("failed-precondition", `writing to ${url.href} is not supported. Use a supported scheme`, { hint: "configure a lookaside-staging: file:// location, or give --directory" });
  return fileURLToPath(url);
}

async function signOne(context: EngineContext, key: string, reference: string, { bytes, digest }: ManifestBytes, base: string): Promise<void> {
  const { algorithm, hex } = parseDigest(digest);
  const blob = await makeSignature({ kind: "simple", key }, bytes, reference, context.env);
  const folder = `${base}@${algorithm}=${hex}`;
  await mkdir(folder, { recursive: true, mode: 0o751 });
  for (let number = 1; ; number++) {
    try { await writeFile(join(folder, `signature-${number}`), blob, { flag: "wx", mode: 0o644 }); return; } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
