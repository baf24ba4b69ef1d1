import { EngineError, isEngineError, messageOf, within } from "../base/errors.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { inspect as operation } from "../contract/manifest/inspect.ts";
import type { ManifestListData, ManifestListDescriptor } from "../contract/types/manifest-list.ts";
import { mediaTypes, type Descriptor } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { isIndexType, parseManifest } from "../formats/manifest.ts";
import { listMediaType, parseManifestList, plainPlatform, preferredFormat, type ListEntry, type ManifestList } from "../formats/manifest-list.ts";
import { sortedMap } from "../formats/manifest-write.ts";
import { parseNormalized } from "../formats/reference.ts";
import { accessOf, registriesOf } from "../image/access.ts";
import { openSource } from "../image/open-source.ts";
import type { ImageSource, ManifestBytes } from "../transports/types.ts";
import { findList } from "./list-store.ts";

type InspectInput = InputOf<typeof operation.input>;

/** podman-manifest-inspect(1): what is no local list is looked for on registries. @throws see the operation */
export async function inspect(context: EngineContext, input: InspectInput, call: CallOptions = {}): Promise<ManifestListData> {
  try {
    const { list, artifacts } = await findList(context, input.name);
    return dataOf(list, listMediaType(preferredFormat(list)), artifacts.files ?? {});
  } catch (error) {
    if (!isEngineError(error, "no-such-image") && !isEngineError(error, "failed-precondition")) throw error;
  }
  const { bytes, mediaType } = await readRemote(context, input, call);
  const type = parseManifest(bytes, mediaType).mediaType;
  if (type === mediaTypes.dockerManifest) {
    context.warn(`The manifest type ${type} is not a manifest list but a single image.`);
    return { schemaVersion: 2, mediaType: type, manifests: null };
  }
  if (!isIndexType(type)) throw new EngineError("not-found", `parsing manifest blob ${JSON.stringify(new TextDecoder().decode(bytes))} as a ${JSON.stringify(type)}: Treating single images as manifest lists is not implemented`);
  return dataOf(parseManifestList(bytes, type).list, type, {});
}

/** The first of the names that `name` may stand for. */
async function readRemote(context: EngineContext, input: InspectInput, call: CallOptions): Promise<ManifestBytes> {
  const [{ resolveShortName, cannotAsk }, { shortNameFile }, { readHostFacts }] = await Promise.all([
    import("../config/short-names.ts"), import("../config/short-name-file.ts"), import("../config/rootless.ts"),
  ]);
  const registries = registriesOf(context);
  const resolution = resolveShortName(input.name, registries, shortNameFile(context.env, readHostFacts(context.env)));
  if (resolution.ask && registries.shortNameMode === "enforcing") throw cannotAsk();
  let failure: unknown;
  for (const reference of resolution.candidates) {
    const display = `docker://${reference}`;
    let source: ImageSource;
    try { source = await openSource(context, { transport: "docker", display, reference }, accessOf(context, input), call); } catch (error) {
      call.signal?.throwIfAborted();
      const { domain, path, tag, digest } = parseNormalized(reference);
      const fetched = isEngineError(error, "unavailable") || isEngineError(error, "tls") ? within(`fetching manifest ${digest ?? tag ?? "latest"} in ${domain}/${path}`, error) : error;
      const read = within(`reading image ${JSON.stringify(display)}`, fetched);
      failure = failure === undefined ? read : within(`tried ${messageOf(read)}\n`, failure);
      continue;
    }
    await using _source = source;
    return await source.manifest();
  }
  throw failure ?? new EngineError("not-found", `${input.name}: no registry to ask`);
}

function dataOf({ artifactType, manifests, subject, annotations = {} }: ManifestList, mediaType: string, files: Readonly<Record<string, readonly string[]>>): ManifestListData {
  return {
    schemaVersion: 2, mediaType, ...(artifactType === undefined ? {} : { artifactType }), manifests: manifests?.map((entry) => descriptor(entry, files[entry.digest] ?? [])) ?? null,
    ...(subject === undefined ? {} : { subject: descriptor(subject, []) }), ...(Object.keys(annotations).length === 0 ? {} : { annotations: sortedMap(annotations) }),
  };
}

function descriptor({ mediaType, size, digest, urls = [], platform, annotations = {}, artifactType = "", data = "", ...rest }: Descriptor, files: readonly string[]): ManifestListDescriptor {
  const { features = [] } = rest as Partial<ListEntry>;
  return {
    mediaType, size, digest, ...(urls.length === 0 ? {} : { urls }), platform: { ...plainPlatform(platform ?? { architecture: "", os: "" }), ...(features.length === 0 ? {} : { features }) },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: sortedMap(annotations) }), ...(artifactType === "" ? {} : { artifactType }), ...(data === "" ? {} : { data }), ...(files.length === 0 ? {} : { files }),
  };
}
