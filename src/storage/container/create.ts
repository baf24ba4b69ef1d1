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
import { fromIdMaps, omitEmpty, type ContainerRecord, type LayerRecord } from "../records/types.ts";
import type { ContainerLayerCreate, StoreContainer } from "../store.ts";
import { containerView } from "./view.ts";

/** See `Store.createContainer`. @throws already-exists/name-in-use, not-found/no-such-image */
export async function createContainer(parts: StoreParts, request: ContainerLayerCreate): Promise<StoreContainer> {
  if (!isSafeId(request.id)) throw new EngineError("invalid-argument", `container id "${request.id}": not an id`);
  const mappings: Mappings = { uidMaps: request.uidMaps ?? [], gidMaps: request.gidMaps ?? [] };
  const isMapped = mappings.uidMaps.length > 0 || mappings.gidMaps.length > 0;
  const shifts = !isMapped || await parts.driver.supportsShifting(mappings);
  const volatile = request.volatile === true || parts.paths.volatileContainers !== parts.paths.containers;
  const image = request.imageId === undefined ? undefined : imageByRef(parts, request.imageId);
  const layer = layerRecord(request, image?.topLayer, shifts ? { uidMaps: [], gidMaps: [] } : mappings);
  return writeLayers(parts, async (write) => {
    const parent = layer.parent === undefined ? undefined : findLayer(parts, layer.parent)?.record;
    if (layer.parent !== undefined && (parent === undefined || !isComplete(parent))) throw new EngineError("data-loss", `image "${request.imageId}": its layer "${layer.parent}" is missing`, { hint: "pull the image again" });
    refuseName(parts.containers.snapshot().byName.get(request.name), request);
    await addLayer(parts, write, layer, volatile ? parts.fileOf.volatile : parts.fileOf.stable, {
      writable: true, ...(request.storageOptions === undefined ? {} : { storageOptions: request.storageOptions }),
    });
    try {
      return await parts.containers.write((draft) => addContainer(draft, request, image?.id ?? "", layer.id, volatile));
    } catch (error) {
      await write.remove(layer.id);
      throw error;
    }
  });
}

function layerRecord(request: ContainerLayerCreate, parent: string | undefined, { uidMaps, gidMaps }: Mappings): LayerRecord {
  const [uidmap, gidmap] = [fromIdMaps(uidMaps), fromIdMaps(gidMaps)];
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
