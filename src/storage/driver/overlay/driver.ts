/** The overlay driver: directories as containers/storage makes them, mounted by the kernel or by fuse-overlayfs. */
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno } from "../../../base/errors.ts";
import type { ByteStream } from "../../../contract/kit.ts";
import { mount, mountFlags, unmount, umountFlags } from "../../../sys/mount.ts";
import type { PathChange } from "../../store.ts";
import type { StoreOptions } from "../../paths.ts";
import { isMountPoint } from "../../tempdir/mount-points.ts";
import type { TempDirectory } from "../../tempdir/stage.ts";
import type { Driver, LayerCreate, LayerPair, Mappings, MountLayer } from "../types.ts";
import { driverOption } from "../option.ts";
import type { ViewLayers } from "./diff.ts";
import { rotateContent } from "./rotate.ts";
import { features, type FeatureHost } from "./features.ts";
import { supportsMappedLowers } from "./id-map.ts";
import { linkFolder, OverlayHome, tempFolder } from "./home.ts";
import { mountLayer, unmountLayer, type MountWay } from "./mount.ts";
import { recordedMountProgram, recordMountProgram } from "./mount-program.ts";
import { backingFilesystem } from "../backing.ts";

const defaultMode = 0o555;

export class OverlayDriver implements Driver {
  readonly name = "overlay";
  readonly whiteouts = "overlay";
  readonly tempRoots: readonly string[];
  readonly ignoreChownErrors: boolean;
  readonly forceMask?: number;
  readonly #layers: OverlayHome;
  readonly #host: FeatureHost;
  readonly #skipMountHome: boolean;
  /** `size` and `inodes` of storage.conf. */
  readonly #limits: Readonly<Record<string, string>>;
  readonly #configuredProgram: string | undefined;
  #way: MountWay | undefined;

  constructor(options: StoreOptions, rootless: boolean) {
    this.#layers = new OverlayHome(options.graphRoot, options.runRoot, options.imageStore, options.additionalImageStores);
    const words = (options.mountOptions ?? driverOption(options, "mountopt") ?? "").split(",").filter((word) => word !== "");
    this.#host = { home: this.#layers.home, runHome: this.#layers.runHome, rootless, mountOptions: words };
    this.tempRoots = [...new Set([join(this.#layers.imageHome, tempFolder), join(this.#layers.home, tempFolder), join(this.#layers.runHome, tempFolder)])];
    this.ignoreChownErrors = driverOption(options, "ignore_chown_errors") === "true";
    this.#skipMountHome = driverOption(options, "skip_mount_home") === "true";
    this.#configuredProgram = options.mountProgram ?? driverOption(options, "mount_program");
    this.#limits = Object.fromEntries(["size", "inodes"].flatMap((name) => { const value = driverOption(options, name); return value === undefined ? [] : [[name, value]]; }));
    const mask = parseMask(driverOption(options, "force_mask"));
    if (mask !== undefined) this.forceMask = mask;
  }

  exists(id: string): boolean { return this.#layers.homeOf(id) !== undefined; }
  contentDirectory(id: string): string { return this.#layers.content(id); }
  isMounted(path: string): boolean { return isMountPoint(path); }
  lowersOf(id: string): readonly string[] { return this.#layers.lowerIds(id); }
  list(): readonly string[] { return this.#layers.list(); }
  tempRootOf(id: string): string { return join(this.#layers.homeOf(id) ?? this.#layers.home, tempFolder); }

  async prepareContent(path: string, parent: string | undefined): Promise<void> {
    mkdirSync(path, { mode: 0o700 });
    this.dressContent(path, parent);
  }

  /** The top directory of a layer looks like its parent's until the archive says otherwise. */
  dressContent(path: string, parent: string | undefined): void {
    const like = parent === undefined ? undefined : this.#statParent(parent);
    if (like !== undefined && (like.uid !== 0 || like.gid !== 0)) chownSync(path, like.uid, like.gid);
    chmodSync(path, this.forceMask ?? (like === undefined ? defaultMode : like.mode & 0o7777));
  }

  #statParent(parent: string): { readonly uid: number; readonly gid: number; readonly mode: number } {
    try { return statSync(this.#layers.content(parent)); } catch (error) {
      if (isErrno(error, "ENOENT")) throw new EngineError("not-found", `parent layer "${parent}" not known`, { cause: error, reason: "layer-missing" });
      throw error;
    }
  }

  async create(request: LayerCreate): Promise<void> {
    const home = request.writable ? this.#layers.home : this.#layers.imageHome;
    const directory = join(home, request.id);
    const lower = request.parent === undefined ? undefined : this.#layers.lowerOfChild(request.parent);
    this.#makeHome(home);
    mkdirSync(directory, { mode: 0o700 });
    // Before anything is made in it, because only that is counted.
    if (request.writable) await this.#limit(directory, request.storageOptions ?? {});
    if (request.content === undefined) await this.prepareContent(join(directory, "diff"), request.parent);
    else renameSync(request.content, join(directory, "diff"));
    this.#layers.makeLink(home, request.id, request.replaces === true);
    for (const name of request.parent === undefined ? ["work", "merged", "empty"] : ["work", "merged"]) mkdirSync(join(directory, name), { mode: 0o700 });
    if (lower !== undefined) writeFileSync(join(directory, "lower"), lower, { mode: 0o644 });
  }

  async #limit(directory: string, asked: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(asked).length + Object.keys(this.#limits).length > 0) (await import("./quota.ts")).limitLayer(this.#layers.home, directory, asked, this.#limits);
  }

  #makeHome(home: string): void {
    const links = join(home, linkFolder);
    if (existsSync(links)) return;
    mkdirSync(links, { recursive: true, mode: 0o755 });
    chmodSync(home, 0o755);
  }

  remove(id: string, temp: TempDirectory): void {
    const link = this.#layers.linkPath(id);
    if (link !== undefined) temp.takeAway(link);
    const home = this.#layers.homeOf(id);
    if (home !== undefined && !this.#layers.isForeign(id)) temp.takeAway(join(home, id));
  }

  async mount(id: string, request: MountLayer): Promise<string> {
    if (!this.exists(id)) throw new EngineError("data-loss", `mount layer "${id}": its directory is missing`);
    return mountLayer(this.#layers, this.#mountWay(), id, request);
  }

  async unmount(id: string): Promise<void> {
    await unmountLayer(this.#layers, { program: this.#programForUnmount() }, id);
  }

  /** The kernel's overlay where it works, else fuse-overlayfs; a store stays with what it was begun with. */
  #mountWay(): MountWay {
    return this.#way ??= { host: this.#host, forceMask: this.forceMask, program: this.#configuredProgram ?? this.#findProgram() };
  }

  #findProgram(): string | undefined {
    const recorded = recordedMountProgram(this.#host.home);
    if (recorded !== true && features.overlay(this.#host)) {
      if (recorded === undefined) recordMountProgram(this.#host.home, false);
      return undefined;
    }
    const program = Bun.which("fuse-overlayfs");
    if (program !== null) {
      recordMountProgram(this.#host.home, true);
      return program;
    }
    const { name } = backingFilesystem(this.#host.home);
    throw new EngineError("unavailable", `'overlay' is not supported over ${name} at "${this.#host.home}"`, { reason: "program-missing", hint: "install fuse-overlayfs, use another graph root, or choose the vfs driver" });
  }

  #programForUnmount(): string | undefined {
    if (this.#configuredProgram !== undefined) return this.#configuredProgram;
    return this.#way?.program ?? (recordedMountProgram(this.#host.home) === true ? "fuse-overlayfs" : undefined);
  }

  enter(): void {
    if (this.#skipMountHome || isMountPoint(this.#host.home)) return;
    this.#makeHome(this.#host.home);
    mount({ source: this.#host.home, target: this.#host.home, flags: mountFlags.bind });
    mount({ source: "", target: this.#host.home, flags: mountFlags.private });
  }

  leave(): void {
    if (!this.isEntered()) return;
    try { unmount(this.#host.home, umountFlags.nofollow); } catch (error) {
      // Busy: somebody has a file open below, or mounted something of his own there.
      if (!isErrno(error, "EBUSY", "EINVAL", "EPERM")) throw error;
    }
  }

  isEntered(): boolean { return !this.#skipMountHome && isMountPoint(this.#host.home); }

  async *diff(pair: LayerPair): ByteStream {
    const { diffOfLayer } = await import("./diff.ts");
    yield* diffOfLayer(this.#view, this.#layers, this.#asOnDisk(pair), this.#usesNativeDiff());
  }

  async changes(pair: LayerPair): Promise<readonly PathChange[]> {
    const { changesOfLayer } = await import("./diff.ts");
    return changesOfLayer(this.#view, this.#layers, this.#asOnDisk(pair), this.#usesNativeDiff());
  }

  /** A mount program shifts owners in both directions: on disk they are the container's own. */
  #asOnDisk(pair: LayerPair): LayerPair {
    return this.#mountWay().program === undefined || !pair.isShiftedByMount ? pair : { ...pair, mappings: { uidMaps: [], gidMaps: [] } };
  }

  readonly #view: ViewLayers = (ids, work) => this.#viewLayers(ids, work);
  async *#viewLayers<T>(ids: Parameters<ViewLayers>[0], work: (roots: readonly (string | undefined)[]) => AsyncIterable<T>): AsyncIterable<T> {
    const { viewLayers } = await import("./view.ts");
    yield* viewLayers(this.#layers, this.#mountWay(), ids, work);
  }

  #usesNativeDiff(): boolean { return this.#mountWay().program === undefined && features.nativeDiff(this.#host); }

  async shiftOwners(id: string, mappings: Mappings): Promise<void> {
    this.enter();
    const root = await this.mount(id, { readOnly: false });
    try {
      const { shiftTree } = await import("../shift-owners.ts");
      shiftTree(root, mappings);
    } finally { await this.unmount(id); }
    rotateContent(this.#layers.directory(id));
  }

  async supportsShifting({ uidMaps, gidMaps }: Mappings): Promise<boolean> {
    if (process.env["_CONTAINERS_OVERLAY_DISABLE_IDMAP"] === "yes") return false;
    if (this.#mountWay().program !== undefined) return isContiguous(uidMaps) && isContiguous(gidMaps);
    return supportsMappedLowers(this.#host);
  }

  async status(): Promise<readonly (readonly [string, string])[]> {
    const native = this.#mountWay().program === undefined;
    return [
      ["Backing Filesystem", backingFilesystem(this.#host.home).name],
      ["Supports d_type", "true"],
      ["Native Overlay Diff", String(native && features.nativeDiff(this.#host))],
      ["Using metacopy", String(native && this.#host.mountOptions.includes("metacopy=on") && features.metacopy(this.#host))],
      ["Supports shifting", String(await this.supportsShifting({ uidMaps: [], gidMaps: [] }))],
      ["Supports volatile", String(!native || features.volatile(this.#host))],
    ];
  }
}

function isContiguous(maps: Mappings["uidMaps"]): boolean {
  const sorted = maps.toSorted((left, right) => left.containerId - right.containerId);
  return sorted.every((map, index) => {
    const before = sorted[index - 1];
    return before === undefined || before.containerId + before.size === map.containerId;
  });
}

function parseMask(value: string | undefined): number | undefined {
  if (value === undefined || value === "") return undefined;
  if (value === "shared") return 0o755;
  if (value === "private") return 0o700;
  if (!/^[0-7]{1,4}$/.test(value)) throw new EngineError("invalid-argument", `force_mask "${value}": not an octal mode`);
  return Number.parseInt(value, 8);
}
