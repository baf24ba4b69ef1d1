/** Opens the engine that the command line asks for: this machine's, or a remote service's. */
import { EngineError } from "../base/errors.ts";
import type { GlobalOptions } from "../cli/kit/types.ts";
import type { Engine } from "../contract/index.ts";
import type { EngineContext } from "./context.ts";
import { createLocalEngine } from "./local.ts";

/** Local unless the global options name a service. Parts of the local engine open at first use. */
export async function openEngine(global: GlobalOptions, env: EngineContext["env"]): Promise<Engine> {
  if (global.remote) throw new EngineError("not-implemented", "remote connections are not available in this build");
  return createLocalEngine(await openContext(global, env));
}

async function openContext(_global: GlobalOptions, env: EngineContext["env"]): Promise<EngineContext> {
  const later = (part: string) => (): never => { throw new EngineError("not-implemented", `${part} is not available in this build`); };
  return {
    get config(): never { throw new EngineError("not-implemented", "configuration is not available in this build"); },
    store: later("the image store"), containers: later("the container state"), networks: later("the network backend"),
    runtime: later("the OCI runtime"), lock: later("locking"), emit: async () => {}, selfCommand: [process.execPath], env,
  };
}
