/** `rmi`: untags and removes. The rules are Podman's and Docker's, grown over years; each is named where it acts. */
import { EngineError, isEngineError, messageOf } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { remove as operation } from "../contract/image/remove.ts";
import type { RemoveImagesReport } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Store, StoreImage } from "../storage/store.ts";
import { damageOf } from "./facts.ts";
import { familyOf } from "./family.ts";
import { lookupImage } from "./lookup.ts";
import { removeContainersOf } from "./remove-containers.ts";
import { untagOne } from "./tag.ts";

export interface Removed { readonly id: string; removed: boolean; readonly untagged: string[] }
export interface RemoveOptions { readonly force?: boolean | undefined; readonly noPrune?: boolean | undefined }

/** Failures of single images are in the report. @throws nothing but bugs */
export async function remove(context: EngineContext, input: InputOf<typeof operation.input>): Promise<RemoveImagesReport> {
  const errors: unknown[] = [];
  const targets = await targetsOf(context, input, errors);
  const done = new Map<string, Removed>();
  for (const { id, names } of targets) {
    for (const name of names) {
      try { await removeOne(context, id, name, input, done); } catch (error) { errors.push(error); }
    }
  }
  const reports = [...done.values()];
  const [deleted, untagged] = [reports.filter((report) => report.removed).map((report) => report.id), reports.flatMap((report) => report.untagged)];
  return {
    ...(deleted.length === 0 ? {} : { Deleted: deleted }), ...(untagged.length === 0 ? {} : { Untagged: untagged }),
    ...(errors.length === 0 ? {} : { Errors: errors.map(messageOf) }), ExitCode: exitCode(errors),
  };
}

/** 0; 1 when all say "no such image"; 2 when one is in use or has dependents; 125 else. */
function exitCode(errors: readonly unknown[]): number {
  if (errors.length === 0) return 0;
  if (errors.every((error) => isEngineError(error, "no-such-image"))) return 1;
  return errors.some((error) => isEngineError(error, "image-in-use")) ? 2 : 125;
}

interface Target { readonly id: string; readonly names: string[] }

/** By name with the name that matched, or all with an empty one. The same image may be named several times. */
async function targetsOf(context: EngineContext, { images = [], all, ignore, lookupManifest }: InputOf<typeof operation.input>, errors: unknown[]): Promise<readonly Target[]> {
  const store = await context.store();
  if (images.length === 0) {
    if (all !== true) return [];
    return store.images().filter((image) => !image.readOnly).map(({ id }) => ({ id, names: [""] }));
  }
  const targets = new Map<string, Target>();
  for (const ref of images) {
    try {
      const found = await lookupImage(context, ref, { list: lookupManifest === true ? "only" : "fallback" });
      const target = targets.get(found.image.id) ?? { id: found.image.id, names: [] };
      target.names.push(found.name);
      targets.set(found.image.id, target);
    } catch (error) { if (ignore !== true || !isEngineError(error, "no-such-image")) errors.push(error); }
  }
  return [...targets.values()];
}

/** One step; `name` empty: all of it. Shared with `prune`. */
export async function removeOne(context: EngineContext, id: string, name: string, options: RemoveOptions, done: Map<string, Removed>): Promise<void> {
  const store = await context.store();
  const report = done.get(id) ?? { id, removed: false, untagged: [] };
  if (report.removed) return;
  const image = store.images().find((candidate) => candidate.id === id);
  if (image === undefined) return;
  if (image.readOnly) throw new EngineError("failed-precondition", `cannot remove read-only image ${JSON.stringify(id)}`);
  // One name only: `rmi name` means the image, or a container on it would silently keep a nameless image.
  if (name !== "" && image.names.length !== 1) {
    const byId = id.startsWith(name);
    const byDigest = name.startsWith("sha256:");
    if (options.force !== true && (byId || byDigest) && image.names.length > 1) throw severalNames(image, byId ? "ID" : "digest");
    if (!byId && !byDigest) {
      await untagOne(context, id, image.names, name);
      done.set(id, report);
      report.untagged.push(name);
      if (image.names.length > 1) return;
    }
  }
  done.set(id, report);
  await removeWhole(context, store, store.image(id), report, options, done);
}

function severalNames(image: StoreImage, by: string): EngineError {
  return new EngineError("conflict", `unable to delete image ${JSON.stringify(image.id)} by ${by} with more than one tag ([${image.names.join(" ")}]): please force removal`);
}

async function removeWhole(context: EngineContext, store: Store, image: StoreImage, report: Removed, options: RemoveOptions, done: Map<string, Removed>): Promise<void> {
  const damage = damageOf(store, image);
  if (damage !== undefined) context.warn(`Failed to determine parent of image: ${damage}, ignoring the error`);
  if (options.force === true) await removeContainersOf(context, image.id);
  const family = familyOf(store);
  const hasChildren = family.hasChildren(image);
  const parent = family.parentOf(image);
  try { await store.removeImage(image.id); } catch (error) {
    if (!isEngineError(error, "image-in-use")) throw error;
    throw inUse(store, image, error);
  }
  report.untagged.push(...image.names);
  for (const name of image.names) await context.emit({ type: "image", status: "untag", id: image.id, name });
  await context.emit({ type: "image", status: "remove", id: image.id, name: image.id });
  // With children its layers live on, so nothing was deleted in the user's eyes.
  report.removed = !hasChildren;
  if (options.noPrune === true || parent === undefined) return;
  const current = store.images().find(({ id }) => id === parent.id);
  if (current !== undefined && familyOf(store).isDangling(current)) await removeOne(context, parent.id, "", options, done);
}

function inUse(store: Store, image: StoreImage, cause: unknown): EngineError {
  const users = store.containers().filter(({ imageId }) => imageId === image.id).map(({ id }) => id);
  return new EngineError("conflict", `image used by ${users[0] ?? "a container"}: image is in use by a container: consider listing external containers and force-removing image`, { reason: "image-in-use", cause });
}
