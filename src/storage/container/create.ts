/** A writable layer on top of an image, and the record that names it. Nothing is synced: a container that is not finished need not survive a power cut. */
import { EngineError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { Mappings } from "../driver/types.ts";
import { addLayer } from "../layer/add.ts";
import { isComplete } from "../layer/view.ts";
import { writeLayers } from "../layer/write.ts";
import { imageByRef } from "../image/view.ts";
import { findLayer, type StoreParts } from "../parts.ts";
import { isSafeId } from "../records/file.ts";
import type { Draft } from "../records/table.ts";
import { withLocks } from "../records/lock.ts";
import { fromIdMaps, omitEmpty, type ContainerRecord, type LayerRecord } from "../records/types.ts";
import type { ContainerLayerCreate, StoreContainer } from "../store.ts";
import { containerView } from "./view.ts";

/** See `Store.createContainer`. @throws already-exists/name-in-use, not-found/no-such-image */
export async function createContainer(parts: StoreParts, request: ContainerLayerCreate): Promise<StoreContainer> {
  if (!isSafeId(request.id)) throw new EngineError("invalid-argument", `container id "${request.id}": not an id`);
  const isMapped = request.autoMaps !== undefined || (request.uidMaps ?? []).length > 0 || (request.gidMaps ?? []).length > 0;
  const onDisk = isMapped && !await parts.driver.supportsShifting({ uidMaps: request.uidMaps ?? [], gidMaps: request.gidMaps ?? [] });
  // Shifting owners on disk mounts the layer: storage.lock comes before the others.
  return onDisk ? withLocks([parts.paths.driverLock], () => create(parts, request, true)) : create(parts, request, false);
}

/** `isOnDisk`: the layer's files must have the owners that the mappings make of them. */
async function create(parts: StoreParts, asked: ContainerLayerCreate, isOnDisk: boolean): Promise<StoreContainer> {
  const image = asked.imageId === undefined ? undefined : imageByRef(parts, asked.imageId);
  const volatile = asked.volatile === true || parts.paths.volatileContainers !== parts.paths.containers;
  return writeLayers(parts, async (write) => {
    requireLayer(parts, asked, image?.topLayer);
    refuseName(parts.containers.snapshot().named(asked.name), asked);
    const request = asked.autoMaps === undefined ? asked : { ...asked, ...(await import("./auto-maps.ts")).autoMaps(parts, asked.autoMaps, image) };
    const onDisk: Mappings | undefined = isOnDisk ? { uidMaps: request.uidMaps ?? [], gidMaps: request.gidMaps ?? [] } : undefined;
    const mapped = onDisk === undefined || image === undefined ? undefined : await (await import("../image/mapped-layer.ts")).mappedTopLayer(parts, write, image, onDisk);
    const layer = layerRecord(request, mapped ?? image?.topLayer, onDisk);
    await addLayer(parts, write, layer, volatile ? parts.fileOf.volatile : parts.fileOf.stable, {
      writable: true, ...(request.storageOptions === undefined ? {} : { storageOptions: request.storageOptions }),
      ...(onDisk === undefined || mapped !== undefined ? {} : { finish: () => parts.driver.shiftOwners(layer.id, onDisk) }),
    });
    try {
      return await parts.containers.write((draft) => addContainer(draft, request, image?.id ?? "", layer.id, volatile));
    } catch (error) {
      await write.remove(layer.id);
      throw error;
    }
  });
}

function requireLayer(parts: StoreParts, { imageId }: ContainerLayerCreate, id: string | undefined): void {
  const layer = id === undefined ? undefined : findLayer(parts, id)?.record;
  if (id !== undefined && (layer === undefined || !isComplete(layer))) {
    throw new EngineError("data-loss", `image "${imageId}": its layer "${id}" is missing`, { hint: "pull the image again" });
  }
}

function layerRecord(request: ContainerLayerCreate, parent: string | undefined, onDisk: Mappings | undefined): LayerRecord {
  const [uidmap, gidmap] = [fromIdMaps(onDisk?.uidMaps), fromIdMaps(onDisk?.gidMaps)];
  return omitEmpty<LayerRecord>({
    id: newId(), parent: parent ?? "", mountlabel: request.mountLabel ?? "", created: new Date().toISOString(),
    ...(uidmap === undefined ? {} : { uidmap }), ...(gidmap === undefined ? {} : { gidmap }),
  });
}

function addContainer(draft: Draft<ContainerRecord>, request: ContainerLayerCreate, image: string, layer: string, volatile: boolean): StoreContainer {
  refuseName(draft.all().find(({ names }) => names?.includes(request.name)), request);
  if (draft.get(request.id) !== undefined) throw new EngineError("already-exists", `container "${request.id}" already exists`);
  const [uidmap, gidmap] = [fromIdMaps(request.uidMaps), fromIdMaps(request.gidMaps)];
  const record = omitEmpty<ContainerRecord>({
    id: request.id, names: [request.name], image, layer, metadata: request.metadata ?? "", created: new Date().toISOString(),
    ...(uidmap === undefined ? {} : { uidmap }), ...(gidmap === undefined ? {} : { gidmap }),
    flags: { MountLabel: request.mountLabel ?? "", ProcessLabel: "", ...(volatile ? { Volatile: true } : {}) },
  }, "image");
  draft.add(record, volatile ? 1 : 0);
  draft.save();
  return containerView(record);
}

function refuseName(holder: ContainerRecord | undefined, { name }: ContainerLayerCreate): void {
  if (holder === undefined) return;
  throw new EngineError("already-exists", `the container name "${name}" is already in use by ${holder.id}. You have to remove that container to be able to reuse that name: that name is already in use`, { reason: "name-in-use" });
}
