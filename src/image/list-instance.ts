/** Which image a name of a manifest list means: Podman's rules. */
import { EngineError, messageOf } from "../base/errors.ts";
import { chooseInstance, hostPlatform, parseManifest } from "../formats/manifest.ts";
import type { Store } from "../storage/store.ts";
import { isManifestList } from "./facts.ts";
import { manifestDigests, type FoundImage, type LookupOptions } from "./lookup.ts";

/** @throws failed-precondition: the caller wants a list */
export function refuseImage({ name }: FoundImage): never { throw new EngineError("failed-precondition", `${name}: image is not a manifest list`); }

/** @throws not-found/no-such-image when the list has no image for the platform, or the store lacks it */
export function meantByList(store: Store, found: FoundImage, { list, platform }: LookupOptions): FoundImage {
  if (!isManifestList(store, found.image)) return list === "only" ? refuseImage(found) : found;
  if (list === "only" || list === "prefer") return found;
  try { return instanceOf(store, found, platform); } catch (error) {
    if (list === "fallback") return found;
    throw error;
  }
}

function instanceOf(store: Store, { image: list, name }: FoundImage, platform = hostPlatform()): FoundImage {
  const parsed = parseManifest(store.imageData(list.id, "manifest"));
  if (parsed.kind !== "index") throw new EngineError("internal", `${list.id}: not a manifest list`);
  let digest: string;
  try { ({ digest } = chooseInstance(parsed, platform)); } catch (error) { throw unknown(messageOf(error)); }
  const image = store.images().find((each) => each.id !== list.id && manifestDigests(each).includes(digest));
  if (image === undefined) throw unknown(`could not find image instance ${digest} of manifest list ${list.id} in local containers storage: image not known`);
  return { image, name };
}

function unknown(why: string): EngineError { return new EngineError("not-found", `${why}: image not known`, { reason: "no-such-image" }); }
