/** Any image by its location, for whoever reads more than it pulls. */
import { EngineError } from "../base/errors.ts";
import type { CallOptions } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import type { TarIndex } from "../transports/archive/tar-index.ts";
import type { ImageLocation, ImageSource, RegistryAccess } from "../transports/types.ts";
import { temporaryFolder } from "./access.ts";
import { lookupImage } from "./lookup.ts";

/** The caller disposes it. @throws not-found and what the transport says */
export async function openSource(context: EngineContext, location: ImageLocation, access: RegistryAccess, { signal }: CallOptions = {}): Promise<ImageSource> {
  const { path = "", reference = "" } = location;
  switch (location.transport) {
    case "docker": return (await import("../transports/docker/source.ts")).openDockerSource({ location, reference, access, env: context.env, ...(signal === undefined ? {} : { signal }) });
    case "containers-storage": {
      const { image } = await lookupImage(context, reference.replace(/^.*@(?=[0-9a-f]{64}$)/, ""), { list: "fallback" });
      return (await import("../transports/storage/source.ts")).openStorageSource(location, await context.store(), image);
    }
    case "dir": return (await import("../transports/directory.ts")).openDirectorySource(location, path);
    case "oci": {
      const { folderReader, openLayoutSource } = await import("../transports/oci-layout.ts");
      return openLayoutSource(location, folderReader(path), location.reference);
    }
    case "oci-archive": case "docker-archive": return openArchived(context, location, path);
    case "docker-daemon": throw new EngineError("not-implemented", "reading images of a Docker daemon is not supported", { hint: "save the image with docker save and name that archive" });
  }
}

async function openArchived(context: EngineContext, location: ImageLocation, path: string): Promise<ImageSource> {
  const { archiveReader, openArchive } = await import("../transports/archive/open.ts");
  const index = await openArchive(path, temporaryFolder(context));
  try {
    const source = location.transport === "oci-archive"
      ? await (await import("../transports/oci-layout.ts")).openLayoutSource(location, archiveReader(index), location.reference)
      : await openFirst(location, index);
    return { ...source, [Symbol.asyncDispose]: async () => { await source[Symbol.asyncDispose](); await index[Symbol.asyncDispose](); } };
  } catch (error) {
    await index[Symbol.asyncDispose]();
    throw error;
  }
}

async function openFirst(location: ImageLocation, index: TarIndex): Promise<ImageSource> {
  const { chooseArchived, listDockerArchive, openDockerArchiveSource } = await import("../transports/archive/docker-read.ts");
  return openDockerArchiveSource(location, index, chooseArchived(await listDockerArchive(index), location.reference));
}
