import type { InputOf } from "../contract/kit.ts";
import type { list as operation } from "../contract/image/list.ts";
import type { ListImage } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Store, StoreImage } from "../storage/store.ts";
import { configOf, damageOf, imageSize, isManifestList, repoDigests } from "./facts.ts";
import { familyOf, type Family } from "./family.ts";
import { filterImages } from "./filter.ts";

/** Lists images as Podman does. Reads a snapshot. @throws invalid-argument for unknown filters */
export async function list(context: EngineContext, { all, filters = {} }: InputOf<typeof operation.input>): Promise<readonly ListImage[]> {
  const store = await context.store();
  const family = familyOf(store);
  const users = Map.groupBy(store.containers(), ({ imageId }) => imageId ?? "");
  const chosen = await filterImages(context, store, family, withIntermediate(filters, all === true));
  return chosen.flatMap(({ image, names }) => {
    const row = summary(store, family, image, names, users.get(image.id)?.length ?? 0);
    // Not damaged but gone: somebody removed it while the list was made.
    return row.Damage !== undefined && !store.images().some(({ id }) => id === image.id) ? [] : [row];
  });
}

function withIntermediate(filters: Readonly<Record<string, readonly string[]>>, all: boolean): Readonly<Record<string, readonly string[]>> {
  if (all || filters["intermediate"] !== undefined || filters["intermediate!"] !== undefined) return filters;
  return { ...filters, intermediate: ["false"] };
}

function summary(store: Store, family: Family, image: StoreImage, names: readonly string[], containers: number): ListImage {
  const size = imageSize(store, image);
  const config = configOf(store, image);
  const damage = config === undefined ? damageOf(store, image) : undefined;
  return {
    Id: image.id, ParentId: family.parentOf(image)?.id ?? "", RepoTags: names, RepoDigests: repoDigests(image),
    Created: Math.floor(Date.parse(image.created) / 1000), Size: size, SharedSize: 0, VirtualSize: size, Labels: config?.config?.Labels ?? null, Containers: containers, IsManifestList: isManifestList(store, image),
    ...(image.readOnly ? { ReadOnly: true } : {}), ...(family.isDangling(image) ? { Dangling: true } : {}),
    ...(config?.architecture === undefined || config.architecture === "" ? {} : { Arch: config.architecture }),
    ...(image.digest === undefined ? {} : { Digest: image.digest }),
    ...(image.namesHistory.length === 0 ? {} : { History: image.namesHistory }), ...(names.length === 0 ? {} : { Names: names }),
    ...(config?.os === undefined || config.os === "" ? {} : { Os: config.os }), ...(damage === undefined ? {} : { Damage: damage }),
  };
}
