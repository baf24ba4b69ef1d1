import { readdirSync, statSync } from "node:fs";
import { EngineError, isErrno } from "../base/errors.ts";
import type { CallOptions, InputOf, UploadOptions } from "../contract/kit.ts";
import type { loadPath as operation } from "../contract/image/load-path.ts";
import type { LoadReport } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import { decompressAny } from "../storage/archive/decompress.ts";
import { isEngineError, messageOf } from "../base/errors.ts";
import { openArchive } from "../transports/archive/open.ts";
import { TarIndex } from "../transports/archive/tar-index.ts";
import { spool } from "../transports/spool.ts";
import { copyOptionsOf, decrypting, temporaryFolder } from "./access.ts";
import { loadArchive, loadFolder, unsupportedPayload } from "./pull-location.ts";
import type { PulledImage } from "./pull.ts";

/**
 * Loads an archive that is sent. It is kept in an unnamed file meanwhile, because its table of contents may come last.
 * @throws invalid-argument/corrupt-archive `payload does not match any of the supported image formats`
 */
export async function load(context: EngineContext, _input: object, options: UploadOptions): Promise<LoadReport> {
  const folder = temporaryFolder(context);
  const { stream } = await decompressAny(options.body);
  const kept = await spool(stream, folder);
  await using index = await tarOrUnsupported(() => TarIndex.of(kept.file), "-");
  return await report(context, "-", await loadArchive(context, "-", index, { ...copyOptionsOf(context, {}, options), ...await decrypting(context) }));
}

/** Loads an archive or folder of this machine in place. @throws not-found, and as `load` */
export async function loadPath(context: EngineContext, { path }: InputOf<typeof operation.input>, options: CallOptions = {}): Promise<LoadReport> {
  const copy = { ...copyOptionsOf(context, {}, options), ...await decrypting(context) };
  if (isFolder(path)) return report(context, path, await loadFolder(context, path, readdirSync(path), copy));
  await using index = await tarOrUnsupported(() => openArchive(path, temporaryFolder(context)), path);
  return await report(context, path, await loadArchive(context, path, index, copy));
}

function isFolder(path: string): boolean {
  try { return statSync(path).isDirectory(); } catch (error) {
    if (isErrno(error, "ENOENT")) throw new EngineError("not-found", `faccessat ${path}: no such file or directory`, { cause: error });
    throw error;
  }
}

async function tarOrUnsupported(open: () => Promise<TarIndex>, path: string): Promise<TarIndex> {
  try { return await open(); } catch (error) {
    if (!isEngineError(error, "corrupt-archive")) throw error;
    const why = messageOf(error);
    throw unsupportedPayload([` * oci: open ${path}/index.json: not a directory`, ` * oci-archive: ${why}`, ` * docker-archive: loading tar component "manifest.json": ${why}`, ` * dir: open ${path}/manifest.json: not a directory`]);
  }
}

async function report(context: EngineContext, archive: string, images: readonly PulledImage[]): Promise<LoadReport> {
  for (const { id } of images) await context.emit({ type: "image", status: "loadfromarchive", id, name: archive });
  return { Names: images.map(({ name }) => name) };
}
