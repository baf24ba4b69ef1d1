import type { InfoReport } from "../contract/types/info.ts";
import type { EngineContext } from "../engine/context.ts";
import { hostInfo } from "./info/host.ts";
import { registriesInfo } from "./info/registries.ts";
import { storeInfo } from "./info/store.ts";
import { version } from "./version.ts";

/** Facts about host, storage and configuration (podman-info(1)). Reads only; missing programs show as empty. */
export async function info(context: EngineContext): Promise<InfoReport> {
  const [host, store, versionReport] = await Promise.all([hostInfo(context), storeInfo(context), version(context)]);
  return {
    host, store, registries: registriesInfo(context), version: versionReport,
    plugins: {
      volume: ["local", ...Object.keys(context.config.engine.volumePlugins)], network: await (await context.networks()).drivers(),
      log: ["k8s-file", "none", "passthrough", ...(host.eventLogger === "journald" ? ["journald"] : [])], authorization: null,
    },
  };
}
