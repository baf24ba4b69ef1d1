/** Puts the entries of a layer into a directory, with containers/storage's rules for what replaces what. */
import { closeSync, writeSync } from "node:fs";
import { EngineError, isErrno } from "../../base/errors.ts";
import { textOf } from "../../formats/tar/fields.ts";
import type { TarEntry } from "../../formats/tar/types.ts";
import { getXattr, linkAt, makeDevice, mkdirAt, mknodAt, openAt, openFlags, setXattr, symlinkAt, truncate, umask } from "../../sys/index.ts";
import { LayerDirectories, type OpenDirectory } from "./directories.ts";
import { toHost, type MapId } from "./idmap.ts";
import { finishFile, finishNode, overrideAttribute, overrideValue, setDirectoryMode, setDirectoryTimes, type MetadataOptions, type Owner } from "./metadata.ts";
import { bytesOf, cleanPath, insideRoot, splitPath } from "./paths.ts";
import { removeTree, statIn } from "./remove.ts";
import type { CopyRules, ExtractOptions, WhiteoutForm } from "./types.ts";
import { isInUserNamespace } from "./user-namespace.ts";
import { applyWhiteout, isWhiteoutName } from "./whiteout.ts";

interface OpenFile {
  readonly fd: number;
  readonly entry: TarEntry;
  readonly owner: Owner;
  readonly ownerIsRight: boolean;
  /** Of a sparse file: which run is being written, and how much of it is done. */
  run: number;
  runDone: number;
}

const fileTypeBits = { char: 0o020000, block: 0o060000, fifo: 0o010000 } as const;

/**
 * One extraction. `begin` an entry, give its content, `end` it; `finish` sets what must wait for the last entry. Synchronous.
 * Disposing closes descriptors; what was written stays (the store removes a failed layer whole).
 */
export class LayerWriter implements Disposable {
  private readonly directories: LayerDirectories;
  private readonly whiteouts: WhiteoutForm;
  private readonly copy: CopyRules | undefined;
  private readonly metadata: MetadataOptions;
  private readonly hostUid: MapId;
  private readonly hostGid: MapId;
  /** Whom new files belong to at first. */
  private readonly self: Owner;
  private readonly umask = currentUmask();
  /** Default ACLs change the mode that a new file gets. */
  private hasDefaultAcls: boolean;
  private readonly directoryEntries: { readonly path: string; readonly entry: TarEntry }[] = [];
  /** For opaque marks of the `delete` form: what this layer itself brought. */
  private readonly placed = new Set<string>();
  private rootEntry: TarEntry | undefined;
  private file: OpenFile | undefined;
  private mustForget = false;

  constructor(rootFd: number, options: ExtractOptions) {
    this.hostUid = toHost(options.uidMaps);
    this.hostGid = toHost(options.gidMaps);
    this.whiteouts = options.whiteouts;
    this.copy = options.copy;
    this.self = options.copy?.makeAs ?? { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    this.metadata = { inUserNamespace: options.inUserNamespace ?? isInUserNamespace(), ignoreChownErrors: options.ignoreChownErrors ?? false, forceMask: options.forceMask };
    this.directories = new LayerDirectories(rootFd, options.copy?.owner ?? rootOwner(options, this.hostUid, this.hostGid, this.self));
    this.hasDefaultAcls = getXattr(`/proc/self/fd/${rootFd}/.`, "system.posix_acl_default") !== undefined;
  }

  /**
   * Makes the entry. True when its content will be readable at its name afterwards.
   * @throws data-loss/corrupt-archive for hostile names, invalid-argument for unmapped owners, SysError
   */
  begin(entry: TarEntry, cleanName: string): boolean {
    const path = insideRoot(cleanName);
    // Bookkeeping of the aufs driver, never part of an image's files.
    if (this.whiteouts === "delete" && path.startsWith(".wh..wh.") && path !== ".wh..wh..opq") return false;
    const owner = this.copy?.owner ?? { uid: checkId(this.hostUid(entry.uid)), gid: checkId(this.hostGid(entry.gid)) };
    if (path === "") { this.placeRoot(entry, cleanName, owner); return false; }
    const [directoryPath, base] = splitPath(path);
    if (this.whiteouts !== "keep" && isWhiteoutName(base)) {
      applyWhiteout({ form: this.whiteouts, directories: this.directories, directoryPath, base, owner, placed: this.placed, inUserNamespace: this.metadata.inUserNamespace });
      return false;
    }
    if (this.whiteouts === "delete") this.placed.add(path);
    this.noteAcls(entry);
    this.place(entry, this.directories.get(directoryPath), path, base, owner);
    return entry.type === "file";
  }

  content(bytes: Uint8Array): void {
    const { file } = this;
    if (file === undefined) return;
    if (file.entry.sparse === undefined) writeAll(file.fd, bytes, null);
    else writeRuns(file, file.entry.sparse, bytes);
  }

  end(): void {
    const { file } = this;
    if (file === undefined) return;
    this.file = undefined;
    try {
      if (file.entry.sparse !== undefined) truncate(file.fd, file.entry.sizeBytes);
      const modeIsRight = this.metadata.forceMask === undefined && !this.hasDefaultAcls && file.entry.mode <= 0o777 && (file.entry.mode & this.umask) === 0;
      finishFile(file.fd, file.entry, file.owner, this.metadata, { owner: file.ownerIsRight, mode: modeIsRight });
    } finally { closeSync(file.fd); }
  }

  finish(): void {
    for (const { path, entry } of this.directoryEntries) {
      const [directoryPath, base] = splitPath(path);
      this.directories.trim();
      const directory = this.directories.find(directoryPath);
      if (directory === undefined) continue;
      if (this.copy !== undefined && entry.mode !== (entry.mode | 0o700)) setDirectoryMode(directory.fd, base, entry);
      setDirectoryTimes(directory.fd, base, entry);
    }
    if (this.metadata.forceMask !== undefined) this.overrideRoot();
  }

  [Symbol.dispose](): void {
    if (this.file !== undefined) closeSync(this.file.fd);
    this.file = undefined;
    this.directories[Symbol.dispose]();
  }

  private place(entry: TarEntry, directory: OpenDirectory, path: string, base: string, owner: Owner): void {
    const name = bytesOf(base);
    const type = this.metadata.forceMask !== undefined && isSpecial(entry) ? "file" : entry.type;
    switch (type) {
      case "file": this.openFile(entry, directory, base, owner); return;
      case "directory": this.placeDirectory(entry, directory, path, base, owner); return;
      case "symlink":
        this.replacing(directory, base, () => { symlinkAt(bytesOf(entry.rawLinkName), directory.fd, name); });
        finishNode(directory.fd, base, entry, owner, this.metadata, true);
        return;
      case "link": this.placeLink(entry, directory, base, owner); return;
      case "char": case "block": case "fifo": {
        // The kernel refuses devices there; the image's own /dev is hidden by a mount anyway.
        if ((this.metadata.inUserNamespace || this.copy?.skipDevices === true) && type !== "fifo") return;
        const device = type === "fifo" ? 0n : makeDevice(entry.deviceMajor, entry.deviceMinor);
        this.replacing(directory, base, () => { mknodAt(directory.fd, name, fileTypeBits[type] | (entry.mode & 0o7777), device); });
        finishNode(directory.fd, base, entry, owner, this.metadata, false);
      }
    }
  }

  private openFile(entry: TarEntry, directory: OpenDirectory, base: string, owner: Owner): void {
    const flags = openFlags.wronly | openFlags.creat | openFlags.excl | openFlags.nofollow;
    const fd = this.replacing(directory, base, () => openAt(directory.fd, bytesOf(base), flags, entry.mode & 0o777));
    const ownerIsRight = owner.uid === this.self.uid && owner.gid === this.self.gid && directory.gid === owner.gid;
    this.file = { fd, entry, owner, ownerIsRight, run: 0, runDone: 0 };
  }

  private placeDirectory(entry: TarEntry, directory: OpenDirectory, path: string, base: string, owner: Owner): void {
    const make = (): void => { mkdirAt(directory.fd, bytesOf(base), entry.mode & 0o777); };
    try {
      make();
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
      // A directory on a directory is merged; anything else gives way.
      if (statIn(directory.fd, base)?.isDirectory() !== true) this.replacing(directory, base, make, true);
    }
    // Who copies without privileges must still be able to fill it; the rest of the mode comes at the end.
    finishNode(directory.fd, base, this.copy === undefined ? entry : { ...entry, mode: entry.mode | 0o700 }, owner, this.metadata, false);
    this.directories.refresh(path);
    this.directoryEntries.push({ path, entry });
  }

  /** The target is looked up inside the root, and is linked itself when it is a symlink. */
  private placeLink(entry: TarEntry, directory: OpenDirectory, base: string, owner: Owner): void {
    const [targetDirectory, targetBase] = splitPath(insideRoot(this.copy === undefined ? cleanPath(entry.rawLinkName) : this.copy.place(entry.rawLinkName)));
    const target = this.directories.get(targetDirectory);
    this.replacing(directory, base, () => { linkAt(target.fd, bytesOf(targetBase), directory.fd, bytesOf(base)); });
    finishNode(directory.fd, base, entry, owner, this.metadata, statIn(directory.fd, base)?.isSymbolicLink() === true);
  }

  /** Makes something; when the name is taken, removes what has it and tries once more. */
  private replacing<T>(directory: OpenDirectory, base: string, make: () => T, byDirectory = false): T {
    try {
      return make();
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
    }
    const stat = statIn(directory.fd, base);
    if (this.copy?.keepKinds === true && stat !== undefined && stat.isDirectory() !== byDirectory) throw kept(base, byDirectory);
    removeTree(directory.fd, base);
    const result = make();
    // Open directories may have been reached through it; they are closed before the next entry, for this one still uses `directory`.
    if (stat === undefined || stat.isDirectory() || stat.isSymbolicLink()) this.mustForget = true;
    return result;
  }

  /** Between entries no descriptor is in use. */
  beforeEntry(): void {
    if (this.mustForget) this.directories.forget();
    this.mustForget = false;
    this.directories.trim();
  }

  /**
   * The overlay forms leave the root alone when it is called "." (the driver gives it its mode), and apply "/", as
   * containers/storage does; in the `delete` form it is a directory like others.
   */
  private placeRoot(entry: TarEntry, cleanName: string, owner: Owner): void {
    if (entry.type !== "directory") throw new EngineError("data-loss", "the layer's root is not a directory", { reason: "corrupt-archive" });
    this.rootEntry = entry;
    if (this.whiteouts !== "delete" && cleanName === ".") return;
    finishNode(this.directories.root.fd, ".", entry, owner, this.metadata, false);
    this.directoryEntries.push({ path: "", entry });
  }

  private overrideRoot(): void {
    const entry = this.rootEntry ?? { type: "directory" as const, mode: 0o755, deviceMajor: 0, deviceMinor: 0, uid: 0, gid: 0 };
    const owner = this.rootEntry === undefined ? { uid: 0, gid: 0 } : { uid: this.hostUid(entry.uid), gid: this.hostGid(entry.gid) };
    setXattr(`/proc/self/fd/${this.directories.root.fd}/.`, overrideAttribute, overrideValue(entry, owner));
  }

  private noteAcls(entry: TarEntry): void {
    if (entry.xattrs?.has("system.posix_acl_default") === true) this.hasDefaultAcls = true;
  }
}

function kept(rawBase: string, byDirectory: boolean): EngineError {
  return new EngineError("failed-precondition", `${byDirectory ? "mkdir" : "open"} ${textOf(rawBase)}: file exists`, { hint: "--overwrite replaces directories by other files and the other way round" });
}

const isSpecial = (entry: TarEntry): boolean => entry.type === "char" || entry.type === "block" || entry.type === "fifo";

function rootOwner(options: ExtractOptions, hostUid: MapId, hostGid: MapId, self: Owner): Owner {
  const isMapped = (options.uidMaps?.length ?? 0) + (options.gidMaps?.length ?? 0) > 0;
  return isMapped ? { uid: hostUid(0), gid: hostGid(0) } : self;
}

/** chown's -1 means "leave": an owner that large would be silently ignored. */
function checkId(id: number): number {
  if (id >= 0 && id < 0xffffffff) return id;
  throw new EngineError("data-loss", `layer entry has the impossible owner ${id}`, { reason: "corrupt-archive" });
}

function currentUmask(): number {
  const mask = umask(0o077);
  umask(mask);
  return mask;
}

function writeAll(fd: number, bytes: Uint8Array, position: number | null): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position === null ? null : position + done);
}

/** Stored bytes go to the runs one after the other; what lies between stays a hole. */
function writeRuns(file: OpenFile, runs: NonNullable<TarEntry["sparse"]>, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const run = runs[file.run];
    if (run === undefined) return;
    const count = Math.min(bytes.length - at, run.length - file.runDone);
    writeAll(file.fd, bytes.subarray(at, at + count), run.offset + file.runDone);
    at += count;
    file.runDone += count;
    if (file.runDone === run.length) { file.run++; file.runDone = 0; }
  }
}
