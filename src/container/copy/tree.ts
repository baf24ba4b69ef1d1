/** Paths of a container, looked up step by step through open descriptors. */
import { closeSync, fstatSync, openSync, realpathSync, type Stats } from "node:fs";
import { posix } from "node:path";
import { EngineError, isErrno } from "../../base/errors.ts";
import { openFlags, openInRoot, readLinkAt } from "../../sys/index.ts";

/** What stands at the end of a path. */
export interface Found {
  /** Absolute in the container, all links followed. */
  readonly path: string;
  readonly stat: Stats;
  /** Its directory and name there; a directory is its own (base "."). */
  readonly directoryFd: number;
  readonly base: string;
  /** Root of what is mounted there, and the way from it ("" for the root itself): links are followed within. */
  readonly rootFd: number;
  readonly below: string;
}
/** `link`: the path's last step is a link; `found` absent: nothing is there (any more), and `path` says where it would be. */
export interface Lookup { readonly path: string; readonly found?: Found; readonly link?: Stats }

interface Place extends Found { readonly fd: number }

const maxLinks = 40;
/** Steps of one look-up, those of links counted; each keeps a descriptor until the tree is closed. */
const maxSteps = 600;

/**
 * The files that a container sees: its root and what is mounted in it. No step follows a link: links are read, and what they say is
 * looked up from the container's root. A process that swaps them meanwhile reaches nothing outside.
 */
export class ContainerTree implements Disposable {
  readonly rootFd: number;
  private readonly root: Place;
  /** Path in the container → host path, where the kernel does not know the mount (yet): the container does not run. */
  private readonly mounts: ReadonlyMap<string, string>;
  private readonly open: number[] = [];

  /** Takes `rootFd` over. */
  constructor(rootFd: number, mounts: ReadonlyMap<string, string>) {
    this.rootFd = rootFd;
    this.mounts = mounts;
    this.open.push(rootFd);
    const stat = fstatSync(rootFd);
    this.root = { fd: rootFd, path: "/", stat, directoryFd: rootFd, base: ".", rootFd, below: "" };
  }

  [Symbol.dispose](): void { for (const fd of this.open.splice(0)) closeSync(fd); }

  /** `path` is absolute. @throws invalid-argument for links that go in circles; SysError EACCES */
  lookUp(path: string): Lookup {
    const queue = stepsOf(path);
    let trail: readonly Place[] = [this.root];
    let links = 0;
    let link: Stats | undefined;
    for (let count = 0; queue.length > 0; count++) {
      const step = queue.shift() ?? "";
      const here = trail.at(-1) ?? this.root;
      if (count > maxSteps) throw new EngineError("invalid-argument", `${path}: file name too long`);
      if (step === "..") { trail = trail.length > 1 ? trail.slice(0, -1) : trail; continue; }
      const place = here.stat.isDirectory() ? this.step(here, step) : undefined;
      if (place === undefined) return { path: posix.join(here.path, step, ...queue), ...(link === undefined ? {} : { link }) };
      if (!place.stat.isSymbolicLink()) { trail = [...trail, place]; continue; }
      if (++links > maxLinks) throw new EngineError("invalid-argument", `${path}: too many levels of symbolic links`);
      if (queue.length === 0) link ??= place.stat;
      const target = Buffer.from(readLinkAt(place.fd, "")).toString("utf8");
      if (target.startsWith("/")) trail = [this.root];
      queue.unshift(...stepsOf(target));
    }
    const found = trail.at(-1) ?? this.root;
    return { path: found.path, found, ...(link === undefined ? {} : { link }) };
  }

  private step(here: Place, name: string): Place | undefined {
    const path = posix.join(here.path, name);
    const mounted = this.mounts.get(path);
    if (mounted !== undefined) return this.mountAt(path, mounted);
    try {
      const fd = this.keep(openInRoot(here.fd, name, openFlags.path | openFlags.nofollow));
      const stat = fstatSync(fd);
      const place = stat.isDirectory() ? { directoryFd: fd, base: "." } : { directoryFd: here.fd, base: Buffer.from(name).toString("latin1") };
      return { fd, path, stat, rootFd: here.rootFd, below: posix.join(here.below, name), ...place };
    } catch (error) {
      if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
      throw error;
    }
  }

  /** Links of the host count here: the user named this path. A mount that is one file has its host directory as root. */
  private mountAt(path: string, source: string): Place {
    const real = realpathSync(source);
    const fd = this.keep(openSync(real, openFlags.path));
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return { fd, path, stat, directoryFd: fd, base: ".", rootFd: fd, below: "" };
    const directoryFd = this.keep(openSync(posix.dirname(real), openFlags.path | openFlags.directory));
    return { fd, path, stat, directoryFd, base: Buffer.from(posix.basename(real)).toString("latin1"), rootFd: directoryFd, below: posix.basename(real) };
  }

  private keep(fd: number): number { this.open.push(fd); return fd; }
}

const stepsOf = (path: string): string[] => path.split("/").filter((step) => step !== "" && step !== ".");
