/** The store on this machine: each method's code is loaded when it is first called. */
import type { ByteStream } from "../contract/kit.ts";
import type { CheckOptions, CheckReport } from "./check/types.ts";
import { userDirectory } from "./container/directory.ts";
import { containerRecord, containerView } from "./container/view.ts";
import { readBigData } from "./image/big-data.ts";
import { allImages, findImage, imageByRef } from "./image/view.ts";
import { mountedAt, unmountCounted } from "./layer/mount.ts";
import { allLayers, layerById } from "./layer/view.ts";
import type { StoreParts } from "./parts.ts";
import type { ContainerLayerCreate, ImageCreate, PathChange, PutLayer, Store, StoreContainer, StoredContent, StoreImage, StoreLayer } from "./store.ts";

export class LocalStore implements Store {
  readonly graphRoot: string;
  readonly runRoot: string;
  readonly driver: string;
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.graphRoot = parts.paths.graphRoot;
    this.runRoot = parts.paths.runRoot;
    this.driver = parts.paths.driver;
  }

  layers(): readonly StoreLayer[] { return allLayers(this.#parts); }
  images(): readonly StoreImage[] { return allImages(this.#parts); }
  containers(): readonly StoreContainer[] { return this.#parts.containers.snapshot().records.map(containerView); }
  layer(id: string): StoreLayer { return layerById(this.#parts, id); }
  image(idOrName: string): StoreImage { return imageByRef(this.#parts, idOrName); }
  findImage(idOrName: string): StoreImage | undefined { return findImage(this.#parts, idOrName); }
  container(idOrName: string): StoreContainer { return containerView(containerRecord(this.#parts, idOrName)); }

  async putLayer(request: PutLayer): Promise<StoreLayer> { return (await import("./layer/put.ts")).putLayer(this.#parts, request); }
  async removeLayer(id: string): Promise<void> { return (await import("./layer/remove.ts")).removeLayer(this.#parts, id); }
  async *diff(layerId: string, parentId?: string): ByteStream { yield* (await import("./layer/diff.ts")).diffLayer(this.#parts, layerId, parentId); }
  async contents(digests: ReadonlySet<string>): Promise<ReadonlyMap<string, StoredContent>> { return (await import("./layer/content.ts")).findContents(this.#parts, digests); }
  async changes(layerId: string, parentId?: string): Promise<readonly PathChange[]> { return (await import("./layer/diff.ts")).changesOfLayer(this.#parts, layerId, parentId); }
  async layerSize(id: string): Promise<number> { return (await import("./layer/diff.ts")).layerSize(this.#parts, id); }

  async createImage(request: ImageCreate): Promise<StoreImage> { return (await import("./image/create.ts")).createImage(this.#parts, request); }
  imageData(id: string, name: string): Uint8Array { return readBigData(this.#parts, imageByRef(this.#parts, id).id, name); }
  imageDirectory(id: string): string { return userDirectory(this.#parts.imageFolders[0] ?? this.#parts.paths.images, imageByRef(this.#parts, id).id); }
  async withImageLock<T>(id: string, work: () => Promise<T>): Promise<T> { return (await import("./image/lock.ts")).withImageLock(this.#parts, id, work); }
  async setImageData(id: string, name: string, value: Uint8Array): Promise<void> { return (await import("./image/data.ts")).setImageData(this.#parts, id, name, value); }
  async changeImageNames(id: string, change: (names: readonly string[]) => readonly string[]): Promise<void> { return (await import("./image/names.ts")).changeImageNames(this.#parts, id, change); }
  async removeImage(id: string): Promise<{ readonly removedLayers: readonly string[] }> { return (await import("./image/remove.ts")).removeImage(this.#parts, id); }

  async createContainer(request: ContainerLayerCreate): Promise<StoreContainer> { return (await import("./container/create.ts")).createContainer(this.#parts, request); }
  async removeContainer(id: string): Promise<void> { return (await import("./container/remove.ts")).removeContainer(this.#parts, id); }
  async setContainerNames(id: string, names: readonly string[]): Promise<void> { return (await import("./container/names.ts")).setContainerNames(this.#parts, id, names); }
  async mountContainer(id: string, mountLabel?: string): Promise<string> { return (await import("./container/mount.ts")).mountContainer(this.#parts, id, mountLabel); }
  async unmountContainer(id: string, force = false): Promise<boolean> { return unmountCounted(this.#parts, containerRecord(this.#parts, id).layer, force); }
  async mountImage(id: string): Promise<string> { return (await import("./image/mount.ts")).mountImage(this.#parts, id); }
  async unmountImage(id: string, force = false): Promise<boolean> { return (await import("./image/mount.ts")).unmountImage(this.#parts, id, force); }

  async check(options: CheckOptions): Promise<CheckReport> { return (await import("./check/store.ts")).checkStore(this.#parts, options); }
  async repair(report: CheckReport, removeContainers: boolean): Promise<readonly string[]> { return (await import("./check/repair.ts")).repairStore(this.#parts, report, removeContainers); }
  async collectGarbage(): Promise<void> { await (await import("./garbage.ts")).collectGarbage(this.#parts); }
  imageMountPoint(id: string): string | undefined {
    const { topLayer } = imageByRef(this.#parts, id);
    return topLayer === undefined ? undefined : mountedAt(this.#parts, topLayer);
  }
  mountPointOf(containerId: string): string | undefined {
    const record = this.#parts.containers.snapshot().get(containerId);
    return record === undefined ? undefined : mountedAt(this.#parts, record.layer);
  }

  containerDirectory(id: string): string { return userDirectory(this.#parts.paths.containers, id); }
  containerRunDirectory(id: string): string { return userDirectory(this.#parts.paths.runContainers, id); }
  async status(): Promise<readonly (readonly [string, string])[]> { return this.#parts.driver.status(); }
}
