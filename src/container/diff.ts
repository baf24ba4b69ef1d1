import { EngineError, isEngineError, messageOf } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { ContainerChange, diff as operation } from "../contract/container/diff.ts";
import type { EngineContext } from "../engine/context.ts";
import { findImage } from "../image/lookup.ts";
import type { Store } from "../storage/store.ts";
import { anyContainer } from "./mount.ts";

const kinds = { modified: 0, added: 1, deleted: 2 } as const;
/** What every start makes in a container, changed or not. */
const ownPaths: ReadonlySet<string> = new Set([
  "/dev", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/proc", "/run", "/run/notify", "/run/.containerenv", "/run/podman-init", "/run/secrets", "/sys", "/etc/mtab",
]);

/**
 * What a layer changes: a container's writable one or an image's top one, compared with the layer below it or with `parent`'s.
 * `diffType` all looks among images first, then containers, then layers. @throws not-found, failed-precondition/ambiguous-ref
 */
export async function diff(context: EngineContext, { ref, parent, diffType }: InputOf<typeof operation.input>): Promise<readonly ContainerChange[]> {
  const kind = diffType === undefined || diffType === "" ? "container" : diffType;
  if (!["all", "container", "image"].includes(kind)) throw new EngineError("invalid-argument", `invalid diffType ${JSON.stringify(kind)}`);
  const store = await context.store();
  const layerId = await layerOf(context, store, ref, kind);
  const below = parent === undefined || parent === "" ? undefined : await layerOf(context, store, parent, kind);
  const changes = await store.changes(layerId, below);
  return changes.filter(({ path }) => !ownPaths.has(path)).map(({ path, kind: change }) => ({ Path: path, Kind: kinds[change] }));
}

async function layerOf(context: EngineContext, store: Store, ref: string, kind: string): Promise<string> {
  let last: unknown;
  for (const look of [kind === "container" ? undefined : imageLayer, kind === "image" ? undefined : containerLayer, kind === "all" ? anyLayer : undefined]) {
    if (look === undefined) continue;
    try { return await look(context, store, ref); } catch (error) {
      // A container's name need not be a name that an image can have.
      const isNoImageName = look === imageLayer && kind === "all" && isEngineError(error, "invalid-argument");
      if (!isEngineError(error, "not-found") && !isNoImageName) throw error;
      last = error;
    }
  }
  const why = kind === "image" ? messageOf(last) : kind === "container" ? "container not known" : "layer not known";
  throw new EngineError("not-found", `${ref} not found: ${why}`, { cause: last, reason: kind === "image" ? "no-such-image" : "no-such-container" });
}

async function imageLayer(context: EngineContext, _store: Store, ref: string): Promise<string> {
  const image = (await findImage(context, ref))?.image;
  if (image?.topLayer === undefined) throw new EngineError("not-found", `${ref}: image not known`);
  return image.topLayer;
}

async function containerLayer(context: EngineContext, store: Store, ref: string): Promise<string> { return store.container(await anyContainer(context, ref)).layerId; }
async function anyLayer(_context: EngineContext, store: Store, ref: string): Promise<string> { return store.layer(ref).id; }
