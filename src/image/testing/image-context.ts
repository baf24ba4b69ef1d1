/** An engine context over a store of its own, with its own configuration files: enough for image operations. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../config/load.ts";
import type { EngineContext } from "../../engine/context.ts";
import type { EngineEvent } from "../../contract/types/event.ts";
import { temporaryStore, type TemporaryStore } from "../../storage/testing/temporary-store.ts";

export interface ImageContext extends AsyncDisposable {
  readonly context: EngineContext;
  readonly temporary: TemporaryStore;
  readonly events: EngineEvent[];
  readonly root: string;
}

/** `registriesConf`: content of registries.conf; nothing else of the machine's registry configuration is read. */
export async function imageContext(registriesConf = ""): Promise<ImageContext> {
  const temporary = await temporaryStore();
  const { root } = temporary;
  const home = join(root, "home");
  mkdirSync(join(home, ".config/containers"), { recursive: true });
  writeFileSync(join(root, "registries.conf"), registriesConf);
  writeFileSync(join(home, ".config/containers/policy.json"), '{"default":[{"type":"insecureAcceptAnything"}]}');
  const env = { HOME: home, PATH: process.env["PATH"], CONTAINERS_REGISTRIES_CONF: join(root, "registries.conf"), REGISTRY_AUTH_FILE: join(root, "auth.json"), XDG_CONFIG_HOME: join(home, ".config"), TMPDIR: root };
  const events: EngineEvent[] = [];
  const never = (): never => { throw new Error("not a part of this test"); };
  const config = loadConfig({ root: temporary.options.graphRoot, runroot: temporary.options.runRoot }, env);
  const context: EngineContext = {
    config, env, selfCommand: [], store: async () => temporary.store, emit: async (event) => { events.push(event); },
    containers: never, state: never, bootMark: never, networks: never, runtime: never, lock: never, warn: () => { /* quiet */ },
  };
  return { context, temporary, events, root, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() };
}
