import { isEngineError } from "../base/errors.ts";
import type { ContainerUsage, DiskUsage, ImageUsage, VolumeUsage } from "../contract/types/disk-usage.ts";
import { selectRecords, sizesOf } from "../container/list.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { layersOf, readImage, repoTags } from "../image/facts.ts";
import { repositoryPart } from "../image/lookup.ts";
import type { Store, StoreImage } from "../storage/store.ts";
import { directorySize } from "../volume/size.ts";

/** Every layer counts once in the total. @throws not-found for an image that lost its configuration */
export async function df(context: EngineContext): Promise<DiskUsage> {
  const store = await context.store();
  const { usages, total } = imageUsages(store);
  const containers: ContainerUsage[] = [];
  for (const record of selectRecords(context, {}, true)) containers.push(...await containerUsage(context, record));
  return { ImagesSize: total, Images: usages, Containers: containers, Volumes: volumeUsages(context) };
}

function imageUsages(store: Store): { readonly usages: readonly ImageUsage[]; readonly total: number } {
  const images = store.images();
  const stacks = new Map(images.map((image) => [image.id, layersOf(store, image)]));
  const users = new Map<string, number>();
  let total = 0;
  for (const layer of [...stacks.values()].flat()) {
    if (!users.has(layer.id)) total += layer.diffSizeBytes ?? 0;
    users.set(layer.id, (users.get(layer.id) ?? 0) + 1);
  }
  const containers = Map.groupBy(store.containers(), ({ imageId }) => imageId ?? "");
  const usages = images.flatMap((image) => {
    if (!isReadable(store, image)) return [];
    const data = Object.values(image.bigDataSizes).reduce((sum, size) => sum + size, 0);
    total += data;
    const sizes = { shared: 0, unique: data };
    for (const { id, diffSizeBytes = 0 } of stacks.get(image.id) ?? []) sizes[(users.get(id) ?? 0) > 1 ? "shared" : "unique"] += diffSizeBytes;
    return namesOf(image).map((name) => ({
      ...name, ImageID: image.id, Created: image.created, Size: sizes.shared + sizes.unique, SharedSize: sizes.shared, UniqueSize: sizes.unique, Containers: containers.get(image.id)?.length ?? 0,
    }));
  });
  return { usages, total };
}

/** False for one that somebody removed meanwhile. @throws not-found for a damaged one */
function isReadable(store: Store, image: StoreImage): boolean {
  try { readImage(store, image); return true; } catch (error) {
    if (store.images().some(({ id }) => id === image.id)) throw error;
    return false;
  }
}

function namesOf(image: StoreImage): readonly { readonly Repository: string; readonly Tag: string }[] {
  const names = repoTags(image).map((name) => ({ Repository: repositoryPart(name), Tag: name.slice(repositoryPart(name).length + 1) }));
  return names.length === 0 ? [{ Repository: "<none>", Tag: "<none>" }] : names;
}

/** Nothing for one that somebody removed meanwhile, or whose layer is lost. */
async function containerUsage(context: EngineContext, record: ContainerRecord): Promise<readonly ContainerUsage[]> {
  const { id, name, config, state } = record;
  const sizes = await sizesOf(context, record).catch((error: unknown) => { if (!isEngineError(error, "not-found")) throw error; });
  if (sizes === undefined) return [];
  const { rwSize, rootFsSize } = sizes;
  return [{
    ContainerID: id, Image: config.imageId ?? "", Command: config.command, LocalVolumes: config.volumes.length, Size: rootFsSize, RWSize: rwSize, Created: config.createdAt,
    Status: state.status, Names: name,
  }];
}

function volumeUsages(context: EngineContext): readonly VolumeUsage[] {
  return context.state().volumes.list().map(({ name, mountpoint }) => {
    const Links = context.containers().usersOf("volume", name).length;
    const Size = directorySize(mountpoint);
    return { VolumeName: name, Links, Size, ReclaimableSize: Links === 0 ? Size : 0 };
  });
}
