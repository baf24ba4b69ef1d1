/**
 * The composition root: every operation's implementation, loaded when first called. `satisfies` makes a missing or mistyped
 * one a compile error. No rules here.
 */
import type { Engine } from "../contract/index.ts";
import type { LocalOperation, EngineContext } from "./context.ts";

type Loaders = { readonly [N in keyof Engine]: { readonly [V in keyof Engine[N]]: () => Promise<LocalOperation<Engine[N][V]>> } };

/** One line per operation: `verb: async () => (await import("../noun/verb.ts")).verb`. */
export const localOperations = {
  container: {
    create: async () => (await import("../container/create.ts")).create,
    init: async () => (await import("../container/init.ts")).init,
    start: async () => (await import("../container/start.ts")).start,
    attach: async () => (await import("../container/attach.ts")).attach,
    wait: async () => (await import("../container/wait.ts")).wait,
    stop: async () => (await import("../container/stop.ts")).stop,
    kill: async () => (await import("../container/kill.ts")).kill,
    restart: async () => (await import("../container/restart.ts")).restart,
    pause: async () => (await import("../container/pause.ts")).pause,
    unpause: async () => (await import("../container/unpause.ts")).unpause,
    remove: async () => (await import("../container/remove.ts")).remove,
    list: async () => (await import("../container/list.ts")).list,
    inspect: async () => (await import("../container/inspect.ts")).inspect,
    logs: async () => (await import("../container/logs.ts")).logs,
    top: async () => (await import("../container/top.ts")).top,
    stats: async () => (await import("../container/stats/stats.ts")).stats,
    usage: async () => (await import("../container/stats/usage.ts")).usage,
    resize: async () => (await import("../container/resize.ts")).resize,
    rename: async () => (await import("../container/rename.ts")).rename,
    update: async () => (await import("../container/update.ts")).update,
    exists: async () => (await import("../container/exists.ts")).exists,
    mount: async () => (await import("../container/mount.ts")).mount,
    unmount: async () => (await import("../container/unmount.ts")).unmount,
    mounts: async () => (await import("../container/mounts.ts")).mounts,
    statPath: async () => (await import("../container/copy/stat.ts")).statPath,
    listPath: async () => (await import("../container/copy/list.ts")).listPath,
    copyFrom: async () => (await import("../container/copy/from.ts")).copyFrom,
    copyInto: async () => (await import("../container/copy/into.ts")).copyInto,
    clone: async () => (await import("../container/clone.ts")).clone,
    spec: async () => (await import("../container/spec.ts")).spec,
    diff: async () => (await import("../container/diff.ts")).diff,
    export: async () => (await import("../container/export.ts")).exportRoot,
    commit: async () => (await import("../container/commit.ts")).commit,
    prune: async () => (await import("../container/prune.ts")).prune,
    checkpoint: async () => (await import("../container/checkpoint/checkpoint.ts")).checkpoint,
    checkpointArchive: async () => (await import("../container/checkpoint/checkpoint-archive.ts")).checkpointArchive,
    restore: async () => (await import("../container/checkpoint/restore.ts")).restore,
    restoreArchive: async () => (await import("../container/checkpoint/restore-archive.ts")).restoreArchive,
    cleanup: async () => (await import("../container/cleanup.ts")).cleanup,
  },
  pod: {
    create: async () => (await import("../pod/create.ts")).create,
    list: async () => (await import("../pod/list.ts")).list,
    inspect: async () => (await import("../pod/inspect.ts")).inspect,
    exists: async () => (await import("../pod/exists.ts")).exists,
    start: async () => (await import("../pod/start.ts")).start,
    stop: async () => (await import("../pod/stop.ts")).stop,
    kill: async () => (await import("../pod/kill.ts")).kill,
    pause: async () => (await import("../pod/pause.ts")).pause,
    unpause: async () => (await import("../pod/unpause.ts")).unpause,
    restart: async () => (await import("../pod/restart.ts")).restart,
    remove: async () => (await import("../pod/remove.ts")).remove,
    prune: async () => (await import("../pod/prune.ts")).prune,
    top: async () => (await import("../pod/top.ts")).top,
    stats: async () => (await import("../pod/stats.ts")).stats,
    clone: async () => (await import("../pod/clone.ts")).clone,
  },
  exec: {
    create: async () => (await import("../exec/create.ts")).create,
    start: async () => (await import("../exec/start.ts")).start,
    inspect: async () => (await import("../exec/inspect.ts")).inspect,
    resize: async () => (await import("../exec/resize.ts")).resize,
    remove: async () => (await import("../exec/remove.ts")).remove,
  },
  healthcheck: {
    run: async () => (await import("../health/run.ts")).run,
  },
  artifact: {
    add: async () => (await import("../artifact/add.ts")).add,
    list: async () => (await import("../artifact/list.ts")).list,
    inspect: async () => (await import("../artifact/list.ts")).inspect,
    extract: async () => (await import("../artifact/extract.ts")).extract,
    pull: async () => (await import("../artifact/transfer.ts")).pull,
    push: async () => (await import("../artifact/transfer.ts")).push,
    remove: async () => (await import("../artifact/remove.ts")).remove,
  },
  image: {
    pull: async () => (await import("../image/pull.ts")).pull,
    push: async () => (await import("../image/push.ts")).push,
    list: async () => (await import("../image/list.ts")).list,
    inspect: async () => (await import("../image/inspect.ts")).inspect,
    exists: async () => (await import("../image/exists.ts")).exists,
    tag: async () => (await import("../image/tag.ts")).tag,
    untag: async () => (await import("../image/tag.ts")).untag,
    remove: async () => (await import("../image/remove.ts")).remove,
    prune: async () => (await import("../image/prune.ts")).prune,
    load: async () => (await import("../image/load.ts")).load,
    loadPath: async () => (await import("../image/load.ts")).loadPath,
    save: async () => (await import("../image/save.ts")).save,
    import: async () => (await import("../image/import.ts")).importImage,
    history: async () => (await import("../image/history.ts")).history,
    tree: async () => (await import("../image/tree.ts")).tree,
    diff: async () => (await import("../image/diff.ts")).diff,
    mount: async () => (await import("../image/mount.ts")).mount,
    unmount: async () => (await import("../image/mount.ts")).unmount,
    mounts: async () => (await import("../image/mount.ts")).mounts,
    listPath: async () => (await import("../image/list-path.ts")).listPath,
    sign: async () => (await import("../image/sign.ts")).sign,
    scp: async () => (await import("../image/scp.ts")).scp,
    search: async () => (await import("../image/search.ts")).search,
  },
  manifest: {
    create: async () => (await import("../manifest/create.ts")).create,
    exists: async () => (await import("../manifest/exists.ts")).exists,
    inspect: async () => (await import("../manifest/inspect.ts")).inspect,
    modify: async () => (await import("../manifest/modify.ts")).modify,
    addFiles: async () => (await import("../manifest/add-files.ts")).addFiles,
    push: async () => (await import("../manifest/push.ts")).push,
  },
  volume: {
    create: async () => (await import("../volume/create.ts")).create,
    list: async () => (await import("../volume/list.ts")).list,
    inspect: async () => (await import("../volume/inspect.ts")).inspect,
    exists: async () => (await import("../volume/exists.ts")).exists,
    remove: async () => (await import("../volume/remove.ts")).remove,
    prune: async () => (await import("../volume/prune.ts")).prune,
    mount: async () => (await import("../volume/mount.ts")).mount,
    unmount: async () => (await import("../volume/unmount.ts")).unmount,
    reload: async () => (await import("../volume/reload.ts")).reload,
    export: async () => (await import("../volume/export.ts")).exportVolume,
    import: async () => (await import("../volume/import.ts")).importVolume,
  },
  secret: {
    create: async () => (await import("../secret/create.ts")).create,
    list: async () => (await import("../secret/view.ts")).list,
    inspect: async () => (await import("../secret/view.ts")).inspect,
    remove: async () => (await import("../secret/remove.ts")).remove,
    exists: async () => (await import("../secret/view.ts")).exists,
  },
  network: {
    create: async () => (await import("../network/create.ts")).create,
    list: async () => (await import("../network/list.ts")).list,
    inspect: async () => (await import("../network/inspect.ts")).inspect,
    remove: async () => (await import("../network/remove.ts")).remove,
    exists: async () => (await import("../network/exists.ts")).exists,
    connect: async () => (await import("../network/connect.ts")).connect,
    disconnect: async () => (await import("../network/disconnect.ts")).disconnect,
    prune: async () => (await import("../network/prune.ts")).prune,
    reload: async () => (await import("../network/reload.ts")).reload,
    heal: async () => (await import("../network/heal.ts")).heal,
    update: async () => (await import("../network/update.ts")).update,
  },
  system: {
    version: async () => (await import("../system/version.ts")).version,
    info: async () => (await import("../system/info.ts")).info,
    df: async () => (await import("../system/df.ts")).df,
    check: async () => (await import("../system/check.ts")).check,
    prune: async () => (await import("../system/prune.ts")).prune,
    reset: async () => (await import("../system/reset.ts")).reset,
    events: async () => (await import("../events/list.ts")).events,
  },
} satisfies Loaders;

type StreamsOf<Noun> = { [V in keyof Noun]: Noun[V] extends (...args: never[]) => AsyncIterable<unknown> ? V : never }[keyof Noun];

/**
 * The operations that answer with a stream. The contract says so too, and this must agree with it (a compile error otherwise), but
 * loading the whole contract for it would take as long as the rest of a small command.
 */
const streams = {
  container: { logs: true, stats: true, usage: true, copyFrom: true, export: true, checkpointArchive: true },
  pod: { stats: true },
  exec: {},
  healthcheck: {},
  secret: {},
  artifact: {},
  image: { pull: true, push: true, save: true },
  manifest: { push: true },
  volume: { export: true },
  network: {},
  system: { events: true },
} satisfies { readonly [N in keyof Engine]: Readonly<Record<StreamsOf<Engine[N]>, true>> };

/** The local engine over a context. Methods load their code at first call. */
export function createLocalEngine(context: EngineContext): Engine {
  const streaming: Readonly<Record<string, object>> = streams;
  const nouns = Object.entries(localOperations).map(([noun, verbs]) => [noun, Object.fromEntries(
    Object.entries(verbs as Readonly<Record<string, () => Promise<AnyLocal>>>).map(([verb, load]) => [verb, bind(context, Object.hasOwn(streaming[noun] ?? {}, verb), load)]),
  )]);
  return Object.fromEntries(nouns) as Engine;
}

type AnyLocal = (context: EngineContext, ...args: unknown[]) => unknown;

/** Streams must be iterables at once, although their code is still to be loaded. */
function bind(context: EngineContext, isStream: boolean, load: () => Promise<AnyLocal>): (...args: unknown[]) => unknown {
  if (!isStream) return async (...args) => (await load())(context, ...args);
  return async function* (...args) {
    yield* (await load())(context, ...args) as AsyncIterable<unknown>;
  };
}
