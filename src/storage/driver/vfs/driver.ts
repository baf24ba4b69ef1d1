/** The vfs driver: each layer is a full tree in `vfs/dir/<id>`. Slow and large, and works on every file system. */
import { chmodSync, existsSync, lchownSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../../base/errors.ts";
import type { ByteStream } from "../../../contract/kit.ts";
import type { CompareRequest } from "../../archive/types.ts";
import type { StoreOptions } from "../../paths.ts";
import type { PathChange } from "../../store.ts";
import type { TempDirectory } from "../../tempdir/stage.ts";
import { driverOption } from "../option.ts";
import { comparison, isLayerDirectory, type Driver, type LayerCreate, type LayerPair, type Mappings, type MountLayer } from "../types.ts";

const defaultMode = 0o555;

export class VfsDriver implements Driver {
  readonly name = "vfs";
  readonly whiteouts = "delete";
  readonly tempRoots: readonly string[];
  readonly ignoreChownErrors: boolean;
  readonly #home: string;
  readonly #imageHome: string;
  readonly #homes: readonly string[];

  constructor(options: StoreOptions) {
    this.#home = join(options.graphRoot, "vfs");
    this.#imageHome = options.imageStore === undefined ? this.#home : join(options.imageStore, "vfs");
    this.#homes = [...new Set([this.#home, this.#imageHome, ...options.additionalImageStores.map((root) => join(root, "vfs"))])];
    this.tempRoots = [...new Set([join(this.#imageHome, "tempdirs"), join(this.#home, "tempdirs")])];
    this.ignoreChownErrors = driverOption(options, "ignore_chown_errors") === "true";
  }

  #homeOf(id: string): string | undefined { return this.#homes.find((home) => existsSync(join(home, "dir", id))); }
  exists(id: string): boolean { return this.#homeOf(id) !== undefined; }
  contentDirectory(id: string): string { return join(this.#homeOf(id) ?? this.#home, "dir", id); }
  list(): readonly string[] {
    return [...new Set([this.#home, this.#imageHome])].map((home) => join(home, "dir")).flatMap((folder) => (existsSync(folder) ? readdirSync(folder).filter(isLayerDirectory) : []));
  }
  tempRootOf(id: string): string { return join(this.#homeOf(id) ?? this.#home, "tempdirs"); }
  isMounted(path: string): boolean { return existsSync(path); }

  async prepareContent(path: string, parent: string | undefined): Promise<void> {
    mkdirSync(path, { mode: 0o700 });
    if (parent === undefined) { chmodSync(path, defaultMode); return; }
    const source = this.contentDirectory(parent);
    if (!existsSync(source)) throw new EngineError("not-found", `parent layer "${parent}" not known`, { reason: "layer-missing" });
    const { copyTree } = await import("./copy.ts");
    await copyTree(source, path);
  }

  async create(request: LayerCreate): Promise<void> {
    if (Object.keys(request.storageOptions ?? {}).length > 0) throw new EngineError("invalid-argument", "--storage-opt is not supported for vfs");
    const home = request.writable ? this.#home : this.#imageHome;
    mkdirSync(join(home, "dir"), { recursive: true, mode: 0o700 });
    const target = join(home, "dir", request.id);
    if (request.content === undefined) await this.prepareContent(target, request.parent); else renameSync(request.content, target);
  }

  remove(id: string, temp: TempDirectory): void {
    const home = this.#homeOf(id);
    if (home === this.#home || home === this.#imageHome) temp.takeAway(join(home, "dir", id));
  }

  async mount(id: string, request: MountLayer): Promise<string> {
    const path = this.contentDirectory(id);
    if (!existsSync(path)) throw new EngineError("data-loss", `mount layer "${id}": its directory is missing`);
    if ((request.options ?? []).some((option) => option !== "ro")) throw new EngineError("invalid-argument", "vfs driver does not support mount options");
    const root = request.mappings?.uidMaps.find(({ containerId }) => containerId === 0);
    if (root !== undefined && statSync(path).uid !== root.hostId) lchownSync(path, root.hostId, request.mappings?.gidMaps.find(({ containerId }) => containerId === 0)?.hostId ?? root.hostId);
    return path;
  }

  // Nothing is ever mounted: the directory is the root.
  async unmount(): Promise<void> { await Promise.resolve(); }
  enter(): void { /* no home mount */ }
  leave(): void { /* no home mount */ }
  isEntered(): boolean { return false; }
  async supportsShifting(): Promise<boolean> { return Promise.resolve(false); }

  #comparison(pair: LayerPair): CompareRequest {
    return comparison(this.contentDirectory(pair.id), pair.parent === undefined ? undefined : this.contentDirectory(pair.parent), pair);
  }

  async *diff(pair: LayerPair): ByteStream { yield* (await import("../../archive/compare.ts")).tarChanges(this.#comparison(pair)); }
  async changes(pair: LayerPair): Promise<readonly PathChange[]> { return (await import("../../archive/compare.ts")).comparePaths(this.#comparison(pair)); }

  async shiftOwners(id: string, mappings: Mappings): Promise<void> {
    const { shiftTree } = await import("../shift-owners.ts");
    shiftTree(this.contentDirectory(id), mappings);
  }

  async status(): Promise<readonly (readonly [string, string])[]> { return Promise.resolve([]); }
}
