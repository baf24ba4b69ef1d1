/**
 * The composition root: every operation's implementation, loaded when first called. `satisfies` makes a missing or mistyped
 * one a compile error. No rules here.
 */
import { EngineError } from "../base/errors.ts";
import type { Engine } from "../contract/index.ts";
import { operations } from "../contract/index.ts";
import type { LocalOperation, EngineContext } from "./context.ts";

type Loaders = { readonly [N in keyof Engine]: { readonly [V in keyof Engine[N]]: () => Promise<LocalOperation<Engine[N][V]>> } };

/** For operations that are declared and not built yet. */
const pending = async (): Promise<never> => { throw new EngineError("not-implemented", "this operation is not implemented yet"); };

/** One line per operation: `verb: async () => (await import("../noun/verb.ts")).verb`. */
export const localOperations = {
  container: {
    create: pending,
    init: pending,
    start: pending,
    attach: pending,
    wait: pending,
    stop: pending,
    kill: pending,
    restart: pending,
    pause: pending,
    unpause: pending,
    remove: pending,
    list: pending,
    inspect: pending,
    logs: pending,
    top: pending,
    resize: pending,
    rename: async () => (await import("../container/rename.ts")).rename,
    update: pending,
    exists: pending,
    mount: pending,
    unmount: pending,
    mounts: pending,
    diff: pending,
    export: pending,
    prune: pending,
    cleanup: pending,
  },
  exec: {
    create: pending,
    start: pending,
    inspect: pending,
    resize: pending,
    remove: pending,
  },
  volume: {
    create: pending,
    list: pending,
    inspect: pending,
    exists: pending,
    remove: pending,
    prune: pending,
    mount: pending,
    unmount: pending,
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
    update: async () => (await import("../network/update.ts")).update,
  },
  system: {
    version: async () => (await import("../system/version.ts")).version,
    info: async () => (await import("../system/info.ts")).info,
    events: pending,
  },
} satisfies Loaders;

/** The local engine over a context. Methods load their code at first call. */
export function createLocalEngine(context: EngineContext): Engine {
  const nouns = Object.entries(operations).map(([noun, verbs]) => [noun, Object.fromEntries(
    Object.entries(verbs).map(([verb, operation]) => [verb, bind(context, operation.kind, loaderOf(noun, verb))]),
  )]);
  return Object.fromEntries(nouns) as Engine;
}

type AnyLocal = (context: EngineContext, ...args: unknown[]) => unknown;
function loaderOf(noun: string, verb: string): () => Promise<AnyLocal> {
  const table: Readonly<Record<string, Readonly<Record<string, () => Promise<unknown>>>>> = localOperations;
  return table[noun]?.[verb] as () => Promise<AnyLocal>;
}

/** Streams must be iterables at once, although their code is still to be loaded. */
function bind(context: EngineContext, kind: string, load: () => Promise<AnyLocal>): (...args: unknown[]) => unknown {
  if (kind === "value" || kind === "duplex") return async (...args) => (await load())(context, ...args);
  return async function* (...args) {
    yield* (await load())(context, ...args) as AsyncIterable<unknown>;
  };
}
