/** Image records as the rest of the engine sees them, and look-ups by id, prefix, name and digest. */
import { EngineError } from "../../base/errors.ts";
import { findRecord, listAll, type ListCache, type StoreParts } from "../parts.ts";
import type { Snapshot, Table } from "../records/table.ts";
import { zeroTime, type ImageRecord } from "../records/types.ts";
import type { StoreImage } from "../store.ts";

const views = new WeakMap<ImageRecord, StoreImage>();

export function imageView(record: ImageRecord, readOnly: boolean): StoreImage {
  let view = views.get(record);
  if (view === undefined) views.set(record, view = makeView(record, readOnly));
  return view;
}

function makeView(record: ImageRecord, readOnly: boolean): StoreImage {
  const { digest = manifestDigests(record)[0], layer, metadata } = record;
  return {
    id: record.id, names: record.names ?? [], namesHistory: record["names-history"] ?? [], created: record.created ?? zeroTime,
    bigDataNames: record["big-data-names"] ?? [], bigDataDigests: record["big-data-digests"] ?? {}, bigDataSizes: record["big-data-sizes"] ?? {}, readOnly,
    ...(digest === undefined ? {} : { digest }),
    ...(layer === undefined || layer === "" ? {} : { topLayer: layer }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function manifestDigests(record: ImageRecord): readonly string[] {
  return Object.entries(record["big-data-digests"] ?? {}).filter(([name]) => name.startsWith("manifest")).map(([, digest]) => digest);
}

/** Every digest that names the image: its own and its manifests'. */
export function digestsOf(record: ImageRecord): readonly string[] {
  return [...new Set([...(record.digest === undefined ? [] : [record.digest]), ...manifestDigests(record)])];
}

const tables = (parts: StoreParts): readonly Table<ImageRecord>[] => [parts.images, ...parts.foreignImages];

const lists: ListCache<ImageRecord, StoreImage> = new WeakMap();

export function allImages(parts: StoreParts): readonly StoreImage[] { return listAll(lists, parts.images, parts.foreignImages, imageView); }

/** See `Store.findImage`. @throws failed-precondition/ambiguous-ref */
export function findImage(parts: StoreParts, idOrName: string): StoreImage | undefined {
  if (idOrName === "") return undefined;
  const id = /^sha256:[0-9a-f]{64}$/.test(idOrName) ? idOrName.slice("sha256:".length) : idOrName;
  const exact = findRecord(tables(parts), (snapshot) => snapshot.get(id) ?? snapshot.named(idOrName));
  if (exact !== undefined) return imageView(exact.record, exact.readOnly);
  return findByDigest(parts, idOrName) ?? findByPrefix(parts, id);
}

/** `repository@digest`: an image of that digest with a name in that repository, even when it was pulled by tag. */
function findByDigest(parts: StoreParts, name: string): StoreImage | undefined {
  const at = name.indexOf("@sha256:");
  if (at === -1) return undefined;
  const [repository, digest] = [repositoryOf(name.slice(0, at)), name.slice(at + 1)];
  const find = ({ records }: Snapshot<ImageRecord>): ImageRecord | undefined =>
    records.find((record) => (record.names ?? []).some((own) => repositoryOf(own) === repository) && digestsOf(record).includes(digest));
  const found = findRecord(tables(parts), find);
  return found === undefined ? undefined : imageView(found.record, found.readOnly);
}

/** Without tag and digest; a colon before the last slash is a port. */
function repositoryOf(name: string): string {
  const bare = name.split("@", 1)[0] ?? name;
  const colon = bare.lastIndexOf(":");
  return colon > bare.lastIndexOf("/") ? bare.slice(0, colon) : bare;
}

function findByPrefix(parts: StoreParts, prefix: string): StoreImage | undefined {
  if (!/^[0-9a-f]{1,64}$/.test(prefix)) return undefined;
  const matches = allImages(parts).filter((image) => image.id.startsWith(prefix));
  const [only] = matches;
  if (matches.some((match) => match.id !== only?.id)) throw new EngineError("failed-precondition", `image "${prefix}": more than one image matches`, { reason: "ambiguous-ref" });
  return only;
}

/** @throws not-found/no-such-image */
export function imageByRef(parts: StoreParts, idOrName: string): StoreImage {
  const image = findImage(parts, idOrName);
  if (image === undefined) throw new EngineError("not-found", `${idOrName}: image not known`, { reason: "no-such-image" });
  return image;
}
