/** Opens the engine that the command line asks for: this machine's, or a remote service's. */
import { EngineError } from "../base/errors.ts";
import type { EngineConfig, GlobalOverrides } from "../config/types.ts";
import type { Engine } from "../contract/index.ts";
import type { EngineContext } from "./context.ts";
import type { LocalContext } from "./context-local.ts";

/** Global flags that decide which engine and how it is set up. */
export interface EngineOptions extends GlobalOverrides {
  readonly remote: boolean;
  readonly url?: string | undefined;
  readonly connection?: string | undefined;
  /** Key file for ssh. */
  readonly identity?: string | undefined;
}

/** Local unless the global options name a service. Parts of the local engine open at first use. */
export async function openEngine(global: EngineOptions, env: EngineContext["env"]): Promise<Engine> {
  if (global.remote) return openRemote(global, env);
  if (process.geteuid?.() !== 0) await enterUserNamespace(env);
  const { createLocalEngine } = await import("./local.ts");
  return createLocalEngine(await openContext(global, env));
}

/** A user's engine lives in a user namespace: there this process starts anew, so this returns only inside. */
async function enterUserNamespace(env: EngineContext["env"]): Promise<void> {
  const { enter, mustEnter } = await import("../config/userns/enter.ts");
  if (mustEnter(env)) await enter(env);
}

/** The service at --url, at the named connection, at the active one of containers.conf, or at the default socket. */
async function openRemote(global: EngineOptions, env: EngineContext["env"]): Promise<Engine> {
  const { createRemoteEngine } = await import("./remote.ts");
  if (global.url !== undefined) return createRemoteEngine(await reachable(global.url, global.identity));
  const { loadConfig } = await import("../config/load.ts");
  const { engine, rootless } = loadConfig(global, env);
  const { listConnections } = await import("../config/connections.ts");
  const wanted = global.connection ?? "";
  const found = listConnections(engine, env).find((connection) => wanted === "" ? connection.Default : connection.Name === wanted);
  if (found !== undefined) return createRemoteEngine(await reachable(found.URI, global.identity ?? (found.Identity === "" ? undefined : found.Identity)));
  if (wanted !== "") throw new EngineError("not-found", `read cli flags: connection "${wanted}" not found`);
  return createRemoteEngine(defaultAddress(rootless, env));
}

/** The address itself, or that of a socket that ssh brought here. */
async function reachable(url: string, identity: string | undefined): Promise<string> {
  if (!url.startsWith("ssh://")) return url;
  return (await import("./transport/ssh.ts")).forwardBySsh(url, identity);
}

function defaultAddress(rootless: boolean, env: EngineContext["env"]): string {
  return rootless ? `unix://${env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`}/podman/podman.sock` : "unix:///run/podman/podman.sock";
}

/** The local engine's parts; each is opened at first use. The configuration is read at once, because every part needs it. */
export async function openContext(global: EngineOptions, env: EngineContext["env"]): Promise<LocalContext> {
  const [{ loadConfig }, { createLocalContext }] = await Promise.all([import("../config/load.ts"), import("./context-local.ts")]);
  const config = loadConfig(global, env);
  const context = createLocalContext(config, { selfCommand: [...selfCommand(), ...globalFlags(config, global)], env: { ...engineVariables(config), ...env } });
  for (const warning of config.warnings) context.warn(warning);
  return context;
}

/** `[engine] env`: for our programs, where the environment does not say otherwise. */
function engineVariables(config: EngineConfig): Record<string, string> {
  return Object.fromEntries(config.engine.env.flatMap((line) => (line.includes("=") ? [[line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]] : [])));
}

/** The flags that give a program started later (conmon's exit command) this configuration, as Podman writes them. */
function globalFlags(config: EngineConfig, global: EngineOptions): readonly string[] {
  const { storage, engine, network, paths } = config;
  return [
    "--root", storage.graphRoot, "--runroot", storage.runRoot, "--log-level", "warning", "--cgroup-manager", engine.cgroupManager,
    "--tmpdir", paths.tmpDir, "--network-config-dir", network.networkConfigDir, "--volumepath", paths.volumePath,
    ...(storage.transient ? ["--transient-store"] : []), "--runtime", engine.runtime, "--storage-driver", storage.driver,
    "--events-backend", engine.eventsLogger, ...(global.syslog === true ? ["--syslog"] : []), ...(config.containers.defaultMountsFile === undefined ? [] : ["--default-mounts-file", config.containers.defaultMountsFile]), ...(global.hooksDirs ?? []).flatMap((directory) => ["--hooks-dir", directory]),
    ...config.loadedModules.flatMap((module) => ["--module", module]),
  ];
}

/** Our own executable: the binary itself, or the runtime and main.ts when run from source. */
function selfCommand(): readonly string[] {
  const main = process.argv[1] ?? "";
  return main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, main];
}
