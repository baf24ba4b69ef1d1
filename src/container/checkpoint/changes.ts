/** What a container changed in its root file system: new and changed files as a tar, removed ones as a list. */
import { closeSync, constants, lstatSync, openSync, writeFileSync } from "node:fs";
import { dirname, basename } from "node:path";
import { EngineError, isErrno } from "../../base/errors.ts";
import type { EngineContext } from "../../engine/context.ts";
import { rawOf } from "../../formats/tar/fields.ts";
import { readStart } from "../../runtime/errors.ts";
import { removeTree } from "../../storage/archive/remove.ts";
import { tarDirectory } from "../../storage/archive/diff.ts";
import { close, openFlags, openInRoot } from "../../sys/index.ts";
import { diff } from "../diff.ts";
import type { ContainerRecord } from "../record.ts";
import { fileOf } from "./names.ts";
import { unpackTar, writeTar } from "./tar-file.ts";

/** A list of every file of a large image. */
const maxListBytes = 256 * 1024 * 1024;
const kinds = { modified: 0, added: 1, deleted: 2 } as const;

/** Changed owners and modes of directories are not in it: Podman's format has no place for them. */
export async function writeChanges(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (record.config.create.rootfs !== undefined) return;
  const changes = await diff(context, { ref: record.id, diffType: "container" });
  const root = record.state.mountPoint ?? "";
  const included = changes.filter(({ Path, Kind }) => Kind === kinds.added || (Kind === kinds.modified && !isDirectory(`${root}${Path}`))).map(({ Path }) => Path.slice(1));
  const deleted = changes.filter(({ Kind }) => Kind === kinds.deleted).map(({ Path }) => Path);
  if (included.length > 0) await writeTar(fileOf(record, "rootfs"), tarDirectory({ directory: root, include: included }));
  if (deleted.length > 0) writeFileSync(fileOf(record, "deleted"), `${JSON.stringify(deleted, null, 2)}\n`, { mode: 0o600 });
}

const isDirectory = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The other way round. Nothing outside of the root is touched, whatever the archive says. @throws data-loss/corrupt-archive */
export async function applyChanges(record: ContainerRecord, rootfs: string): Promise<void> {
  await unpackTar(fileOf(record, "rootfs"), rootfs);
  const rootFd = openSync(rootfs, constants.O_DIRECTORY | constants.O_RDONLY);
  try { for (const path of deletedFiles(fileOf(record, "deleted"))) removeInRoot(rootFd, path); } finally { closeSync(rootFd); }
}

function deletedFiles(path: string): readonly string[] {
  let text: string;
  try { text = readStart(path, maxListBytes); } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
  let list: unknown;
  try { list = JSON.parse(text); } catch { /* told below */ }
  if (Array.isArray(list) && list.every((one): one is string => typeof one === "string")) return list;
  throw new EngineError("data-loss", `"${path}" is no list of files`, { reason: "corrupt-archive" });
}

function removeInRoot(rootFd: number, path: string): void {
  const name = basename(path);
  if (name === "" || name === "." || name === "..") return;
  let parent: number;
  try { parent = openInRoot(rootFd, dirname(path).replace(/^\/+/, "") || ".", openFlags.directory | openFlags.rdonly); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return;
    throw error;
  }
  try { removeTree(parent, rawOf(name)); } finally { close(parent); }
}
