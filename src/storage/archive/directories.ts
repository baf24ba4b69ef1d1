/** The directories of a layer while it is extracted: opened once, inside the root, and kept open. */
import { closeSync, fstatSync } from "node:fs";
import { EngineError, isErrno } from "../../base/errors.ts";
import { textOf } from "../../formats/tar/fields.ts";
import { chownAt, mkdirAt, openFlags, openInRoot } from "../../sys/index.ts";
import { maxOpenDirectories } from "./limits.ts";
import { bytesOf, splitPath } from "./paths.ts";

export interface OpenDirectory { readonly fd: number; /** Owner group now: new files may get it instead of ours. */ readonly gid: number }

/**
 * Looks paths up with openat2 in the root: links inside the layer are followed as a chroot would, and none leads out.
 * A descriptor stays valid whatever is created; `forget` after anything was removed or replaced.
 */
export class LayerDirectories implements Disposable {
  readonly root: OpenDirectory;
  private readonly owner: { readonly uid: number; readonly gid: number };
  private readonly open = new Map<string, OpenDirectory>();

  /** `owner` gets the directories that an archive implies but does not name. `rootFd` stays the caller's. */
  constructor(rootFd: number, owner: { readonly uid: number; readonly gid: number }) {
    this.root = { fd: rootFd, gid: fstatSync(rootFd).gid };
    this.owner = owner;
  }

  /** Opens, and makes what is missing (mode 0755). @throws SysError ENOTDIR when a file is in the way */
  get(raw: string): OpenDirectory {
    return this.known(raw) ?? this.keep(raw, this.openOrMake(raw));
  }

  /** Opens what is there; makes nothing. */
  find(raw: string): OpenDirectory | undefined {
    try {
      return this.known(raw) ?? this.keep(raw, this.openExisting(raw));
    } catch (error) {
      if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
      throw error;
    }
  }

  private known(raw: string): OpenDirectory | undefined {
    return raw === "" ? this.root : this.open.get(raw);
  }
  private keep(raw: string, directory: OpenDirectory): OpenDirectory {
    this.open.set(raw, directory);
    return directory;
  }

  /** Closes all when too many are open. Only while no descriptor is in use. */
  trim(): void { if (this.open.size >= maxOpenDirectories) this.forget(); }

  /** Closes everything: the names may now mean something else. */
  forget(): void {
    for (const { fd } of this.open.values()) closeSync(fd);
    this.open.clear();
  }

  [Symbol.dispose](): void { this.forget(); }

  /** Its owner may have changed. */
  refresh(raw: string): void {
    const known = this.open.get(raw);
    if (known === undefined) return;
    closeSync(known.fd);
    this.open.delete(raw);
  }

  private openOrMake(raw: string): OpenDirectory {
    try {
      return this.openExisting(raw);
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error;
    }
    const [parentPath, base] = splitPath(raw);
    const known = this.known(parentPath);
    // Not kept: a hostile path has two thousand steps.
    const parent = known ?? this.openOrMake(parentPath);
    try {
      this.make(parent, base, raw);
    } finally {
      if (known === undefined) closeSync(parent.fd);
    }
    return this.openExisting(raw);
  }

  private make(parent: OpenDirectory, base: string, raw: string): void {
    try {
      mkdirAt(parent.fd, bytesOf(base), 0o755);
    } catch (error) {
      // It is there and yet cannot be opened: a link to nowhere.
      if (isErrno(error, "EEXIST")) throw new EngineError("data-loss", `layer directory "${textOf(raw)}" is a dangling link`, { reason: "corrupt-archive", cause: error });
      throw error;
    }
    if (this.owner.uid !== process.geteuid?.() || this.owner.gid !== parent.gid) chownIgnoringPermission(parent.fd, base, this.owner);
  }

  private openExisting(raw: string): OpenDirectory {
    const fd = openInRoot(this.root.fd, bytesOf(raw), openFlags.path | openFlags.directory);
    return { fd, gid: fstatSync(fd).gid };
  }
}

function chownIgnoringPermission(fd: number, base: string, owner: { readonly uid: number; readonly gid: number }): void {
  try {
    chownAt(fd, bytesOf(base), owner.uid, owner.gid);
  } catch (error) {
    // A plain user extracting for himself: the directory is his anyway.
    if (!isErrno(error, "EPERM", "EINVAL")) throw error;
  }
}
