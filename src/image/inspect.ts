import type { InputOf } from "../contract/kit.ts";
import type { inspect as operation } from "../contract/image/inspect.ts";
import type { InspectImage } from "../contract/types/image-reports.ts";
import type { ContainerDefaults, ImageConfig } from "../contract/types/oci.ts";
import { mediaTypes } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Store, StoreImage } from "../storage/store.ts";
import { imageSize, layersOf, readImage, repoDigests, repoTags } from "./facts.ts";
import { familyOf } from "./family.ts";
import { lookupImage } from "./lookup.ts";

/** @throws not-found/no-such-image */
export async function inspect(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<InspectImage> {
  const store = await context.store();
  const { image } = await lookupImage(context, ref);
  const { manifest, config } = readImage(store, image);
  const size = imageSize(store, image);
  const isDocker = manifest.mediaType === mediaTypes.dockerManifest;
  const health = isDocker ? config.config?.Healthcheck : undefined;
  const annotations = manifest.kind === "image" ? manifest.image.annotations : manifest.index.annotations;
  return {
    Id: image.id, Digest: image.digest ?? "", RepoTags: repoTags(image), RepoDigests: repoDigests(image),
    Parent: familyOf(store).parentOf(image)?.id ?? "", Comment: (isDocker ? config.comment : config.history?.[0]?.comment) ?? "",
    Created: config.created ?? null, Config: ociDefaults(config.config ?? {}), Version: config.docker_version ?? "", Author: config.author ?? "",
    Architecture: config.architecture, Os: config.os, Size: size, VirtualSize: size, GraphDriver: graphDriver(store, image),
    RootFS: { Type: "layers", Layers: config.rootfs.diff_ids }, Labels: config.config?.Labels ?? null, Annotations: annotations ?? {},
    ManifestType: manifest.mediaType, User: config.config?.User ?? "", History: config.history === undefined ? null : historyOf(config), NamesHistory: image.namesHistory.length === 0 ? null : image.namesHistory,
    ...(health === undefined ? {} : { Healthcheck: health }),
  };
}

/** The fields of OCI's configuration, in its order and without empty ones, as Go writes it. */
const fields = ["User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal"] as const;
function ociDefaults(config: ContainerDefaults): ContainerDefaults {
  return Object.fromEntries(fields.flatMap((name) => (isEmpty(config[name]) ? [] : [[name, config[name]]])));
}
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function historyOf({ history = [] }: ImageConfig): NonNullable<ImageConfig["history"]> {
  return history.map(({ created, created_by, author, comment, empty_layer }) => ({
    ...(created === undefined ? {} : { created }), ...(isEmpty(created_by) || created_by === undefined ? {} : { created_by }), ...(isEmpty(author) || author === undefined ? {} : { author }),
    ...(isEmpty(comment) || comment === undefined ? {} : { comment }), ...(empty_layer === true ? { empty_layer } : {}),
  }));
}

/** The directories as containers/storage's overlay driver tells them. */
function graphDriver(store: Store, image: StoreImage): InspectImage["GraphDriver"] {
  const [top, ...lower] = layersOf(store, image).map(({ id }) => `${store.graphRoot}/${store.driver}/${id}`);
  if (store.driver !== "overlay" || top === undefined) return { Name: store.driver, Data: {} };
  const below = lower.length === 0 ? {} : { LowerDir: lower.map((path) => `${path}/diff`).join(":") };
  return { Name: store.driver, Data: { ...below, UpperDir: `${top}/diff`, WorkDir: `${top}/work` } };
}
