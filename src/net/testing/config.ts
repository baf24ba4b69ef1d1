/** Just enough configuration for the network backend, in a folder of the test's own. */
import { join } from "node:path";
import type { EngineConfig } from "../../config/types.ts";

export function networkConfig(folder: string, network: Partial<EngineConfig["network"]> = {}): EngineConfig {
  const parts: { [K in keyof EngineConfig]?: unknown } = {
    rootless: false, uid: 0, storage: { runRoot: join(folder, "run"), graphRoot: join(folder, "graph") }, containers: {},
    engine: { helperBinariesDir: ["/usr/lib/podman", "/usr/libexec/podman", "/usr/local/libexec/podman"] },
    network: {
      backend: "netavark", defaultNetwork: "podman", defaultSubnet: "10.88.0.0/16", defaultSubnetPools: [{ base: "10.89.0.0/16", size: 24 }, { base: "10.90.0.0/15", size: 24 }],
      defaultRootlessNetworkCmd: "pasta", networkConfigDir: join(folder, "networks"), dnsBindPort: 0, defaultHostIps: [], pastaOptions: [], netavarkPluginDirs: [], ...network,
    },
    paths: { netnsDir: join(folder, "netns") },
  };
  return parts as EngineConfig;
}
