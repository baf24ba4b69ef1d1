/** Opens an OCI runtime by name or path: resolves the programs and the environment they get. Starts nothing. */
import { basename } from "node:path";
import type { EngineConfig } from "../config/types.ts";
import { runtimeDir } from "../config/rootless.ts";
import { findConmon, findRuntime } from "./find.ts";
import { createRuntime } from "./oci.ts";
import type { OciRuntime } from "./types.ts";

export interface OpenRuntime {
  readonly config: EngineConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name from containers.conf or absolute path; the configured default when absent. */
  readonly name?: string;
}

/** @throws EngineError runtime-missing, conmon-missing */
export function openRuntime({ config, env, name = config.engine.runtime }: OpenRuntime): OciRuntime {
  const { engine } = config;
  const configName = basename(name);
  const dir = config.rootless ? runtimeDir(env, { rootless: true, uid: config.uid }) : "";
  const path = env["PATH"];
  return createRuntime({
    name,
    path: findRuntime(engine, name, path),
    flags: (engine.runtimesFlags.length > 0 ? engine.runtimesFlags : engine.runtimesFlagsByName[configName] ?? []).map((flag) => flag.startsWith("--") ? flag : `--${flag}`),
    // As Podman: root's runtimes keep their state in /run, whatever session they are called from.
    environment: { XDG_RUNTIME_DIR: dir, ...(path === undefined ? {} : { PATH: path }) },
    conmonPath: findConmon(engine, path),
    conmonEnvironment: conmonEnvironment(config, env, dir),
    supportsJson: engine.runtimeSupportsJson.includes(configName),
    logSizeMaxBytes: config.containers.logSizeMaxBytes,
    keyring: config.containers.keyring,
    noPivot: engine.noPivotRoot,
    rootless: config.rootless, uid: config.uid,
    tmpDir: config.paths.tmpDir,
  });
}

/** NOTIFY_SOCKET would let a container speak for our unit; root's containers use the system's bus, not a user's. */
function conmonEnvironment(config: EngineConfig, env: OpenRuntime["env"], runtimeDirectory: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const line of config.engine.conmonEnvVars) {
    const [key = "", ...value] = line.split("=");
    result[key] = value.join("=");
  }
  for (const [key, value] of Object.entries(env)) {
    const isHidden = key === "NOTIFY_SOCKET" || (key === "DBUS_SESSION_BUS_ADDRESS" && !config.rootless);
    if (value !== undefined && !isHidden) result[key] = value;
  }
  return { ...result, XDG_RUNTIME_DIR: runtimeDirectory };
}
