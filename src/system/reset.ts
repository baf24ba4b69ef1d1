import { rmSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join, normalize } from "node:path";
import { isErrno, messageOf } from "../base/errors.ts";
import { dataHome, readHostFacts } from "../config/rootless.ts";
import { endPause } from "../config/userns/pause.ts";
import { remove as removeContainer } from "../container/remove.ts";
import type { EngineContext } from "../engine/context.ts";
import { removeBuildCache } from "../image/build-cache.ts";
import { damageOf } from "../image/facts.ts";
import { removeContainersOf } from "../image/remove-containers.ts";
import { remove as removePod } from "../pod/remove.ts";
import { isMountPoint } from "../storage/tempdir/mount-points.ts";
import { removeTree } from "../storage/tempdir/remove.ts";
import { remove as removeVolume } from "../volume/remove.ts";

/**
 * Removes pods, containers, volumes, images and networks, then the directories themselves. Each step that fails is told as a warning
 * and the next one is taken: this is what people reach for when everything else is broken. May be repeated. The context is of
 * no use afterwards.
 */
export async function reset(context: EngineContext): Promise<void> {
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try { await work(); } catch (error) { context.warn(`${what}: ${messageOf(error)}`); }
  };
  await attempt("removing pods", async () => {
    for (const { id } of context.state().pods.list()) await attempt(`removing pod ${id}`, () => removePod(context, { ref: id, force: true, ignore: true, timeout: 0 }));
  });
  await attempt("removing containers", async () => {
    for (const id of [...context.containers().list().map((record) => record.id), ...context.containers().unfinished()]) await attempt(`removing container ${id}`, () => removeContainer(context, { ref: id, force: true, ignore: true, depend: true, timeout: 0 }));
  });
  await attempt("removing volumes", async () => {
    for (const { name } of context.state().volumes.list()) await attempt(`removing volume ${name}`, () => removeVolume(context, { ref: name, force: true }));
  });
  await attempt("removing images", () => removeImages(context, attempt));
  await attempt("removing networks", () => removeNetworks(context, attempt));
  await attempt("removing build cache", () => removeBuildCache(context));
  if (context.config.rootless) await attempt("ending the pause process", async () => { endPause(context.env); });
  for (const directory of await directoriesOf(context)) await attempt(`removing ${directory}`, () => emptyOrRemove(directory));
  for (const file of filesOf(context)) rmSync(file, { force: true });
}

type Attempt = (what: string, work: () => Promise<unknown>) => Promise<void>;

/** Those of the graph root go with it, damaged ones not without a word; an image store elsewhere keeps what is not ours. */
async function removeImages(context: EngineContext, attempt: Attempt): Promise<void> {
  const store = await context.store();
  const images = store.images().filter(({ readOnly }) => !readOnly);
  for (const damage of images.flatMap((image) => damageOf(store, image) ?? [])) context.warn(`Failed to determine parent of image: ${damage}, ignoring the error`);
  if (context.config.storage.imageStore === undefined) return;
  for (const { id } of images) {
    await attempt(`removing image ${id}`, async () => {
      await removeContainersOf(context, id);
      await store.removeImage(id);
    });
  }
}

async function removeNetworks(context: EngineContext, attempt: Attempt): Promise<void> {
  const backend = await context.networks();
  for (const { name } of await backend.list()) {
    if (name !== context.config.network.defaultNetwork) await attempt(`removing network ${name}`, () => backend.remove(name));
  }
}

/** Graph root, run root and temporary directory, never the user's runtime directory itself. */
async function directoriesOf({ config, env, warn }: EngineContext): Promise<readonly string[]> {
  const runtime = env["XDG_RUNTIME_DIR"] === undefined || env["XDG_RUNTIME_DIR"] === "" ? undefined : await real(env["XDG_RUNTIME_DIR"]);
  const { graphRoot, runRoot } = config.storage;
  const tmpDir = config.rootless && normalize(config.paths.tmpDir) === runtime ? join(config.paths.tmpDir, "containers") : config.paths.tmpDir;
  return [graphRoot, runRoot, tmpDir].map((path) => normalize(path)).filter((path) => {
    if (path === runtime) warn(`failed to remove ${path}, since it is the same as XDG_RUNTIME_DIR`);
    return path !== runtime;
  });
}

async function real(path: string): Promise<string> {
  try { return await realpath(path); } catch (error) {
    if (isErrno(error, "ENOENT")) return normalize(path);
    throw error;
  }
}

/** A file system of its own stays mounted and is emptied; what is mounted below it is only detached, so that nobody else's files go. */
async function emptyOrRemove(directory: string): Promise<void> {
  if (!isMountPoint(directory)) return removeTree(directory);
  for (const name of await readdir(directory)) await removeTree(join(directory, name));
}

/** The state, where it lies outside of the graph root, and what was learnt of blobs in registries. */
function filesOf({ config, env }: EngineContext): readonly string[] {
  const { database } = config.paths;
  const cache = join(config.rootless ? join(dataHome(env, readHostFacts(env)), "containers") : "/var/lib/containers", "cache");
  return [database, `${database}-wal`, `${database}-shm`, ...["boltdb", "sqlite"].map((kind) => join(cache, `blob-info-cache-v1.${kind}`))];
}
