/** Pulling and loading from archives, layouts and folders: which images they hold and what those are called. */
import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { EngineError, within } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { isDigest } from "../formats/digest.ts";
import { formatReference, normalizeLocal, parseNormalized, withDefaultTag } from "../formats/reference.ts";
import { chooseArchived, listDockerArchive, openDockerArchiveSource, type ArchivedImage } from "../transports/archive/docker-read.ts";
import { archiveReader, openArchive } from "../transports/archive/open.ts";
import { TarIndex } from "../transports/archive/tar-index.ts";
import { copyImage } from "../transports/copy.ts";
import { openDirectorySource } from "../transports/directory.ts";
import { chooseEntry, folderReader, nameOfEntry, openLayoutSource, readLayoutIndex, type LayoutReader } from "../transports/oci-layout.ts";
import { spool } from "../transports/spool.ts";
import { openStorageDestination } from "../transports/storage/destination.ts";
import type { CopyOptions, ImageLocation, ImageSource } from "../transports/types.ts";
import { admission, temporaryFolder, type PolicySubject } from "./access.ts";
import { lookupImage } from "./lookup.ts";
import type { PulledImage } from "./pull.ts";

/** `docker-archive:…`, `oci:…`, … into storage. @throws what the transport says, in Podman's words */
export async function pullFromLocation(context: EngineContext, location: ImageLocation, given: CopyOptions, signaturePolicy?: string): Promise<readonly PulledImage[]> {
  const path = location.path ?? "";
  const copy = { ...given, ...admission(context, policySubject(location), signaturePolicy) };
  switch (location.transport) {
    case "dir": {
      await using source = await openDirectorySource(location, path);
      return [await store(context, source, [], copy)];
    }
    case "oci": return [await pullLayout(context, location, folderReader(path), copy, (name) => formatReference(withDefaultTag(parseNormalized(name))))];
    case "oci-archive": {
      await using index = await openArchive(path, temporaryFolder(context));
      return [await pullLayout(context, location, archiveReader(index), copy, localName)];
    }
    case "docker-archive": {
      await using index = await openArchive(path, temporaryFolder(context));
      // Awaited here: the index is closed when this block ends.
      return await pullArchived(context, location, index, chooseArchived(await listDockerArchive(index), location.reference), copy);
    }
    case "containers-storage": {
      const found = await lookupImage(context, location.reference ?? "");
      return [{ id: found.image.id, name: found.name }];
    }
    case "docker-daemon": return [await pullFromDaemon(context, location, copy)];
    case "docker": throw new EngineError("internal", "registries are pulled from elsewhere");
  }
}

async function pullFromDaemon(context: EngineContext, location: ImageLocation, copy: CopyOptions): Promise<PulledImage> {
  const { readFromDaemon } = await import("../transports/docker-daemon.ts");
  const archive = await readFromDaemon(location, { env: context.env, ...(copy.signal === undefined ? {} : { signal: copy.signal }) });
  await using index = await TarIndex.of((await spool(archive, temporaryFolder(context))).file);
  await using source = await openDockerArchiveSource(location, index, chooseArchived(await listDockerArchive(index), undefined));
  const { reference = "" } = location;
  return await store(context, source, isDigest(reference) ? [] : [reference], copy);
}

/** Paths are scopes without their links; archives of Docker have none, and only layouts keep the image's name in it. */
function policySubject({ transport, path = "", reference = "" }: ImageLocation): PolicySubject {
  if (transport === "docker-archive" || transport === "docker-daemon") return { transport, scope: "" };
  const resolved = existsSync(path) ? realpathSync(path) : resolve(path);
  return { transport, scope: transport === "oci" && reference !== "" ? `${resolved}:${reference}` : resolved };
}

function localName(name: string): string { return formatReference(normalizeLocal(name)); }

async function pullLayout(context: EngineContext, location: ImageLocation, reader: LayoutReader, copy: CopyOptions, toName: (name: string) => string): Promise<PulledImage> {
  const entry = chooseEntry(await readLayoutIndex(reader), location.reference);
  const name = location.transport === "oci" ? location.reference : nameOfEntry(entry);
  await using source = await openLayoutSource(location, reader, location.reference);
  return await store(context, source, name === undefined || name.startsWith("@") ? [] : [toName(name)], copy);
}

/** Every image of an archive file that was opened: `load`'s way. */
export async function loadArchive(context: EngineContext, path: string, index: TarIndex, copy: CopyOptions): Promise<readonly PulledImage[]> {
  const failures: string[] = [` * oci: open ${path}/index.json: not a directory`];
  const attempts = [
    { name: "oci-archive", run: () => loadLayout(context, { transport: "oci-archive", display: `oci-archive:${path}`, path }, archiveReader(index), copy) },
    { name: "docker-archive", run: () => loadDockerArchive(context, path, index, copy) },
  ];
  for (const { name, run } of attempts) {
    const has = index.has(name === "oci-archive" ? "index.json" : "manifest.json");
    if (!has) failures.push(name === "oci-archive" ? " * oci-archive: loading index: open index.json: no such file or directory" : ' * docker-archive: loading tar component "manifest.json": file does not exist');
    else {
      try { return await run(); } catch (error) {
        copy.signal?.throwIfAborted();
        // A layout inside a docker archive may be of a kind we cannot read; its docker half still can.
        if (name === "docker-archive" || !index.has("manifest.json")) throw within(name, error);
        failures.push(` * ${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  throw unsupportedPayload([...failures, ` * dir: open ${path}/manifest.json: not a directory`]);
}

export function unsupportedPayload(lines: readonly string[]): EngineError {
  return new EngineError("invalid-argument", `payload does not match any of the supported image formats:\n${lines.join("\n")}`, { reason: "corrupt-archive" });
}

/** Every image of a layout or `dir:` folder. */
export async function loadFolder(context: EngineContext, path: string, names: readonly string[], copy: CopyOptions): Promise<readonly PulledImage[]> {
  if (names.includes("index.json")) return loadLayout(context, { transport: "oci", display: `oci:${path}`, path }, folderReader(path), copy);
  if (names.includes("manifest.json")) return pullFromLocation(context, { transport: "dir", display: `dir:${path}`, path }, copy);
  throw unsupportedPayload([` * oci: open ${path}/index.json: no such file or directory`, ` * oci-archive: open ${path}: is a directory`, ` * docker-archive: open ${path}: is a directory`, ` * dir: open ${path}/manifest.json: no such file or directory`]);
}

async function loadLayout(context: EngineContext, location: ImageLocation, reader: LayoutReader, given: CopyOptions): Promise<readonly PulledImage[]> {
  const copy = { ...given, ...admission(context, policySubject(location)) };
  const { manifests } = await readLayoutIndex(reader);
  const images: PulledImage[] = [];
  for (const [position, entry] of manifests.entries()) {
    const name = nameOfEntry(entry);
    await using source = await openLayoutSource(location, reader, `@${position}`);
    images.push(await store(context, source, name === undefined ? [] : [localName(name)], copy));
  }
  if (images.length === 0) throw new EngineError("invalid-argument", "the layout holds no image");
  return images;
}

async function loadDockerArchive(context: EngineContext, path: string, index: TarIndex, given: CopyOptions): Promise<readonly PulledImage[]> {
  const location: ImageLocation = { transport: "docker-archive", display: `docker-archive:${path}`, path };
  const copy = { ...given, ...admission(context, policySubject(location)) };
  const images: PulledImage[] = [];
  for (const image of await listDockerArchive(index)) images.push(...await pullArchived(context, location, index, image, copy));
  return images;
}

/** One image with all its names; a report for each name. */
async function pullArchived(context: EngineContext, location: ImageLocation, index: TarIndex, image: ArchivedImage, copy: CopyOptions): Promise<readonly PulledImage[]> {
  const names = image.repoTags.map(localName);
  await using source = await openDockerArchiveSource(location, index, image);
  const { id, name } = await store(context, source, names, copy);
  return names.length === 0 ? [{ id, name }] : names.map((each) => ({ id, name: each }));
}

async function store(context: EngineContext, source: ImageSource, names: readonly string[], copy: CopyOptions): Promise<PulledImage> {
  await using destination = openStorageDestination({ transport: "containers-storage", display: names[0] ?? "" }, { store: await context.store(), names, temporaryFolder: temporaryFolder(context) });
  await copyImage(source, destination, copy);
  const { id } = destination.image();
  return { id, name: names[0] ?? `sha256:${id}` };
}
