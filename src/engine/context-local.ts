/**
 * Builds what local operations receive from a configuration. Nothing is opened here: every part opens at its first use and is
 * kept for the life of the context.
 */
import { writeSync } from "node:fs";
import type { EngineConfig } from "../config/types.ts";
import type { NetworkBackend } from "../net/types.ts";
import type { OciRuntime } from "../runtime/types.ts";
import { readBootMark } from "../state/boot.ts";
import { lockObject } from "../state/lock.ts";
import { openState } from "../state/open.ts";
import type { Store } from "../storage/store.ts";
import { zoneOffsetMinutes } from "../sys/clock.ts";
import type { EngineContext } from "./context.ts";

export interface LocalContextOptions {
  /** argv prefix that starts this program again with the same global options. */
  readonly selfCommand: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where warnings go; standard error, in Podman's log format, when absent. */
  readonly warn?: (message: string) => void;
}

/** A context, and its end: closes what was opened. */
export interface LocalContext extends EngineContext, AsyncDisposable {}

export function createLocalContext(config: EngineConfig, options: LocalContextOptions): LocalContext {
  const state = once(() => openState(config.paths.database));
  const store = once(async (): Promise<Store> => (await import("../storage/open.ts")).openStore(config));
  const networks = once(async (): Promise<NetworkBackend> => (await import("../net/open.ts")).openNetworks(config));
  const runtimes = new Map<string, Promise<OciRuntime>>();
  const context: EngineContext = {
    config, store, networks, state,
    env: options.env,
    selfCommand: options.selfCommand,
    containers: () => state().containers,
    bootMark: once(() => readBootMark(config.paths.tmpDir)),
    runtime: async (name) => {
      const key = name ?? config.engine.runtime;
      const runtime = runtimes.get(key) ?? import("../runtime/open.ts").then(({ openRuntime }) => openRuntime({ config, env: options.env, name: key }));
      runtimes.set(key, runtime);
      return runtime;
    },
    lock: (kind, id, mode) => lockObject(config.paths.lockDir, kind, id, mode),
    warn: options.warn ?? warnOnStderr,
    emit: async (event) => { await (await import("../events/write.ts")).writeEvent(context, event); },
  };
  return { ...context, [Symbol.asyncDispose]: async () => { if (state.opened()) state()[Symbol.dispose](); } };
}

/** logrus' text format, as Podman prints its warnings. */
function warnOnStderr(message: string): void {
  const pad = (value: number): string => String(value).padStart(2, "0");
  const now = new Date();
  const zone = zoneOffsetMinutes(now.getTime());
  const offset = zone === 0 ? "Z" : `${zone < 0 ? "-" : "+"}${pad(Math.floor(Math.abs(zone) / 60))}:${pad(Math.abs(zone) % 60)}`;
  const time = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}T${pad(now.getHours())}:${pad(now.getMinutes())}:${pad(now.getSeconds())}${offset}`;
  try { writeSync(2, `time="${time}" level=warning msg=${JSON.stringify(message)}\n`); } catch { /* nobody listens */ }
}

type Once<T> = (() => T) & { readonly opened: () => boolean };
function once<T>(open: () => T): Once<T> {
  let value: { readonly it: T } | undefined;
  const get = (): T => (value ??= { it: open() }).it;
  return Object.assign(get, { opened: () => value !== undefined });
}
