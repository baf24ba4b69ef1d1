/** The archive of a checkpoint: what lies beside the container, what changed in its root, and its volumes, as Podman packs them. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EngineError, within } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { EngineContext } from "../../engine/context.ts";
import { compress } from "../../formats/compression/compress.ts";
import { removeFile, writeJson } from "../../runtime/prepare.ts";
import type { Spec } from "../../runtime/spec/types.ts";
import { tarDirectory } from "../../storage/archive/diff.ts";
import { writeStream } from "../../transports/file.ts";
import type { ContainerRecord } from "../record.ts";
import { writeChanges } from "./changes.ts";
import { toPodmanConfig } from "./podman-config.ts";
import { checkpointFiles as files, fileOf } from "./names.ts";
import { writeTar } from "./tar-file.ts";

export interface ArchiveOptions { readonly preCheckpoint?: boolean | undefined; readonly ignoreRootfs?: boolean | undefined; readonly ignoreVolumes?: boolean | undefined; readonly compress?: string | undefined }

/** Compressions of archives. @throws invalid-argument */
export function checkCompression(name: string | undefined): "zstd" | "gzip" | "none" {
  const known = (name ?? "zstd").toLowerCase();
  if (known === "zstd" || known === "gzip" || known === "none") return known;
  throw new EngineError("invalid-argument", `selected compression algorithm (${JSON.stringify(name)}) not supported. Please select one from: gzip, none, zstd`);
}

/** Written beside the target and renamed; readable for its owner only, as it holds the container's memory. */
export async function writeArchive(context: EngineContext, record: ContainerRecord, options: ArchiveOptions, path: string, signal?: AbortSignal): Promise<void> {
  const algorithm = checkCompression(options.compress);
  const isSpecial = existsSync(path) && !statSync(path).isFile();
  const target = isSpecial ? path : join(dirname(path), `.${basename(path)}.${newId().slice(0, 12)}.partial`);
  try {
    const file = await open(target, isSpecial ? "w" : "wx", 0o600);
    try {
      const plain = archiveOf(context, record, options, signal);
      await writeStream(file, algorithm === "none" ? plain : compress(plain, algorithm));
      if (!isSpecial) await file.sync();
    } finally { await file.close(); }
    if (!isSpecial) await rename(target, path);
  } catch (error) {
    if (!isSpecial) await rm(target, { force: true });
    throw within(`creating checkpoint export file ${JSON.stringify(path)}`, error);
  }
}

/** Uncompressed. What is only made for the archive is gone at the end of the stream. */
export async function* archiveOf(context: EngineContext, record: ContainerRecord, options: ArchiveOptions, signal?: AbortSignal): ByteStream {
  const directory = record.config.staticDir;
  const configJson = join(directory, "config.json");
  const spec = JSON.parse(readFileSync(configJson, "utf8")) as Spec;
  writeJson(fileOf(record, "config"), toPodmanConfig(record, spec));
  writeJson(fileOf(record, "spec"), spec);
  try {
    if (options.ignoreRootfs !== true) await writeChanges(context, record);
    if (options.ignoreVolumes !== true) await packVolumes(context, record);
    const include = [
      files.artifacts, files.shm, files.config, files.spec, files.network, files.dumpStats, files.log, files.rootfs, files.deleted, files.volumes, options.preCheckpoint === true ? files.preImages : files.images,
    ].filter((name) => existsSync(join(directory, name)));
    yield* tarDirectory({ directory, include, ...(signal === undefined ? {} : { signal }) });
  } finally {
    for (const name of ["rootfs", "deleted"] as const) removeFile(fileOf(record, name));
    rmSync(fileOf(record, "volumes"), { recursive: true, force: true });
  }
}

async function packVolumes(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (record.config.volumes.length === 0) return;
  mkdirSync(fileOf(record, "volumes"), { recursive: true, mode: 0o700 });
  for (const name of new Set(record.config.volumes.map((use) => use.name))) {
    await writeTar(join(fileOf(record, "volumes"), `${name}.tar`), tarDirectory({ directory: context.state().volumes.resolve(name).mountpoint }));
  }
}
