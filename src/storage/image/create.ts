/** Making an image: its data is on disk before anybody can see it. */
import { closeSync, mkdirSync, openSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError } from "../../base/errors.ts";
import { syncFilesystem } from "../../sys/file.ts";
import { layerMissing } from "../layer/put.ts";
import { findLayer, type StoreParts } from "../parts.ts";
import { isSafeId } from "../records/file.ts";
import type { Draft } from "../records/table.ts";
import { omitEmpty, type ImageRecord } from "../records/types.ts";
import { syncDirectory } from "../records/write-file.ts";
import type { ImageCreate, StoreImage } from "../store.ts";
import { openTempDirectory, removeStale, type TempDirectory } from "../tempdir/stage.ts";
import { isComplete } from "../layer/view.ts";
import { imageFolder, withBigData, writeBigData } from "./big-data.ts";
import { giveNames } from "./names.ts";
import { imageView } from "./view.ts";

/** See `Store.createImage`. */
export async function createImage(parts: StoreParts, request: ImageCreate): Promise<StoreImage> {
  if (!isSafeId(request.id)) throw new EngineError("invalid-argument", `image id "${request.id}": not an id`);
  requireLayer(parts, request.topLayer);
  const home = parts.imageFolders[0] ?? parts.paths.images;
  const temp = openTempDirectory(join(home, "tmp"));
  try {
    const staged = temp.addition();
    writeBigData(staged, request.bigData);
    syncStore(parts, home);
    const image = await parts.images.write(async (draft) => {
      await removeStale(join(home, "tmp"));
      requireLayer(parts, request.topLayer);
      const known = draft.get(request.id);
      if (request.newNames === true) refuseTaken(draft, request);
      const record = known === undefined ? addImage(draft, request, staged, join(home, request.id), temp) : extendImage(parts, draft, known, request);
      draft.save();
      return imageView(record, false);
    });
    syncDirectory(home);
    return image;
  } finally {
    await temp.remove();
  }
}

/** One syncfs makes layers, tar-split files, layers.json and the staged data durable; a second one for a graph root elsewhere. */
function syncStore(parts: StoreParts, home: string): void {
  for (const path of new Set([dirname(home), parts.paths.graphRoot])) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const fd = openSync(path, "r");
    try { syncFilesystem(fd); } finally { closeSync(fd); }
  }
}

function requireLayer(parts: StoreParts, id: string | undefined): void {
  if (id === undefined) return;
  const layer = findLayer(parts, id);
  if (layer === undefined || !isComplete(layer.record)) throw layerMissing(`top layer "${id}"`);
}

function refuseTaken(draft: Draft<ImageRecord>, { id, names }: ImageCreate): void {
  for (const name of names) {
    const owner = draft.all().find((other) => other.id !== id && (other.names ?? []).includes(name));
    if (owner !== undefined) throw new EngineError("already-exists", `image name ${JSON.stringify(name)} is already associated with image ${JSON.stringify(owner.id)}: that name is already in use, or use --replace to instruct Podman to do so.`, { reason: "name-in-use" });
  }
}

function addImage(draft: Draft<ImageRecord>, request: ImageCreate, staged: string, folder: string, temp: TempDirectory): ImageRecord {
  // Data of an image that nobody lists: what a crash left.
  temp.takeAway(folder);
  renameSync(staged, folder);
  const record = withBigData(omitEmpty<ImageRecord>({
    id: request.id, digest: request.digest ?? "", layer: request.topLayer ?? "", metadata: request.metadata ?? "",
  }), request.bigData);
  const digest = record.digest ?? record["big-data-digests"]?.["manifest"];
  const dated: ImageRecord = { ...record, ...(digest === undefined ? {} : { digest }), created: request.created ?? new Date().toISOString() };
  draft.add(dated, 0);
  return giveNames(draft, dated, request.names);
}

function extendImage(parts: StoreParts, draft: Draft<ImageRecord>, known: ImageRecord, request: ImageCreate): ImageRecord {
  writeBigData(imageFolder(parts, known.id), request.bigData);
  // Metadata that say something (sizes of signatures) belong to the data just written.
  const extended = { ...withBigData(known, request.bigData), ...(request.metadata === undefined || request.metadata === "{}" ? {} : { metadata: request.metadata }) };
  draft.replace(extended);
  return giveNames(draft, extended, [...request.names, ...(known.names ?? [])]);
}
