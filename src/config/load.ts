/**
 * One configuration out of the files, the environment and the global flags. Synchronous on purpose: every command needs it before
 * anything else, and reading four small files is faster than scheduling them. registries.conf, policy.json and auth files are not
 * read here but by the code that needs them.
 */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { EngineError, messageOf, within } from "../base/errors.ts";
import type { TomlTable } from "../formats/toml.ts";
import { containersConfFiles, resolveModule } from "./containers-files.ts";
import { containersKeys, engineKeys, farmsKeys, machineKeys, networkKeys, podmanshKeys, secretsKeys, type KeyTable } from "./containers-keys.ts";
import { containersDefaults, engineDefaults, networkDefaults, runtimePreference } from "./defaults.ts";
import { readTomlFile } from "./file.ts";
import { isTable, mergeSection, type Section } from "./merge.ts";
import { findProgram } from "./programs.ts";
import { configHome, makeStickyDirectory, readHostFacts, runtimeDir, type Environment, type HostFacts } from "./rootless.ts";
import { loadStorageConfig } from "./storage-conf.ts";
import type { ContainersSection, EngineConfig, EnginePaths, EngineSection, GlobalOverrides, NetworkSection, StorageConfig } from "./types.ts";
import { validateConfig } from "./validate.ts";

export type { GlobalOverrides } from "./types.ts";

/** The sections of containers.conf while they are merged. */
interface Draft {
  readonly containers: Section; readonly engine: Section; readonly network: Section; readonly secrets: Section; readonly machine: Section;
  readonly farms: Section; readonly podmansh: Section;
}
const tables: Readonly<Record<keyof Draft, KeyTable>> = {
  containers: containersKeys, engine: engineKeys, network: networkKeys, secrets: secretsKeys, machine: machineKeys, farms: farmsKeys, podmansh: podmanshKeys,
};

/**
 * The configuration of this process. Makes no directory but the rootless runtime parent (sticky, private), as Podman does.
 * @throws EngineError (reason `configuration`) invalid-argument naming file and key for bad content, not-found for a file or module
 * that was asked for; invalid-argument for a `--cgroup-manager` that does not exist
 */
export function loadConfig(global: GlobalOverrides, env: Environment, facts: HostFacts = readHostFacts(env)): EngineConfig {
  if (global.cgroupManager !== undefined && global.cgroupManager !== "systemd" && global.cgroupManager !== "cgroupfs") {
    throw new EngineError("invalid-argument", "configuring runtime: cgroup manager must be one of cgroupfs and systemd: invalid argument");
  }
  try { return load(global, env, facts); } catch (error) {
    const known = within("", error);
    throw new EngineError(known.code, messageOf(error), { reason: "configuration", cause: error, ...(known.hint === undefined ? {} : { hint: known.hint }) });
  }
}

function load(global: GlobalOverrides, env: Environment, facts: HostFacts): EngineConfig {
  const debug: string[] = [];
  const warnings: string[] = [];
  const storage = loadStorageConfig(global, env, facts, debug);
  const draft = defaultsFor(env, facts);
  const loadedModules = (global.modules ?? []).map((name) => resolveModule(name, env, facts));
  mergeFiles(draft, loadedModules, env, facts, debug);
  applyGlobal(draft, global);
  settle(draft, global, storage, env, facts, warnings);
  const config = assemble(draft, storage, env, facts, { loadedModules, warnings, debug });
  validateConfig(config, env);
  return config;
}

function mergeFiles(draft: Draft, modules: readonly string[], env: Environment, facts: HostFacts, debug: string[]): void {
  const appending = new Set<string>();
  const merge = (file: string, required: boolean, label: string): void => {
    try {
      const table = readTomlFile(file);
      if (table === undefined && required) throw new EngineError("not-found", `open ${file}: no such file or directory`);
      if (table === undefined) return;
      mergeFile(draft, table, file, appending, debug);
      debug.push(`Merged ${label} "${file}"`);
    } catch (error) { throw within(`reading ${label} ${JSON.stringify(file)}`, error); }
  };
  for (const file of containersConfFiles(env, facts)) merge(file, false, "system config");
  for (const file of modules) merge(file, true, "additional config");
  // Wins over everything, modules included.
  const override = env["CONTAINERS_CONF_OVERRIDE"] ?? "";
  if (override !== "") merge(override, false, "CONTAINERS_CONF_OVERRIDE config");
}

function mergeFile(draft: Draft, table: TomlTable, file: string, appending: Set<string>, debug: string[]): void {
  for (const [section, content] of Object.entries(table)) {
    if (!(section in tables)) { debug.push(`Failed to decode the keys ["${section}"] from "${file}".`); continue; }
    if (!isTable(content)) throw new EngineError("invalid-argument", `decode configuration ${file}: key "${section}": expected a table`);
    const name = section as keyof Draft;
    mergeSection(draft[name], content, tables[name], { file, section, appending, debug });
  }
}

/** Built-in values with what the host says. */
function defaultsFor(env: Environment, facts: HostFacts): Draft {
  const managed = facts.systemd && (facts.cgroup2 || !facts.rootless);
  return {
    containers: { ...containersDefaults, cgroupns: facts.cgroup2 ? "private" : "host", label: facts.selinux, logDriver: facts.journald ? "journald" : "k8s-file" },
    engine: {
      ...engineDefaults, cgroupManager: managed ? "systemd" : "cgroupfs", eventsLogger: facts.journald ? "journald" : "file",
      signaturePolicyPath: signaturePolicyPath(env, facts), sshConfig: env["CONTAINERS_SSH_CONF"] ?? join(facts.home, ".ssh/config"),
    },
    network: { ...networkDefaults },
    secrets: { driver: "file", options: {} },
    machine: { user: "core", diskSizeGiB: 100, memoryMiB: 2048, volumes: ["$HOME:$HOME"], rosetta: true },
    farms: { list: {} },
    podmansh: { shell: "/bin/sh", container: "podmansh", timeoutSeconds: 0 },
  };
}

function signaturePolicyPath(env: Environment, facts: HostFacts): string {
  const system = join(facts.etcDir, "policy.json");
  if (facts.uid === 0) return system;
  const own = join(configHome(env, facts), "containers/policy.json");
  return !existsSync(own) && existsSync(system) ? system : own;
}

/** Global flags win over every file. */
function applyGlobal(draft: Draft, global: GlobalOverrides): void {
  const set = (section: Section, field: string, value: unknown): void => { if (value !== undefined) section[field] = value; };
  const list = (values: readonly string[] | undefined): readonly string[] | undefined => (values === undefined || values.length === 0 ? undefined : values);
  const { containers, engine, network } = draft;
  set(containers, "defaultMountsFile", global.defaultMountsFile);
  set(engine, "tmpDir", global.tmpdir === undefined ? undefined : resolve(global.tmpdir));
  set(engine, "cgroupManager", global.cgroupManager);
  set(engine, "conmonPath", global.conmon === undefined ? undefined : [global.conmon]);
  set(engine, "runtime", global.runtime);
  set(engine, "runtimesFlags", list(global.runtimeFlags)?.map((flag) => `--${flag}`));
  set(engine, "networkCmdPath", global.networkCmdPath);
  set(engine, "volumePath", global.volumePath === undefined ? undefined : resolve(global.volumePath));
  set(engine, "hooksDir", list(global.hooksDirs));
  set(engine, "eventsLogger", global.eventsBackend);
  set(engine, "cdiSpecDirs", list(global.cdiSpecDirs));
  set(network, "networkConfigDir", global.networkConfigDir === undefined ? undefined : resolve(global.networkConfigDir));
}

/** Values that depend on other values. */
function settle(draft: Draft, global: GlobalOverrides, storage: StorageConfig, env: Environment, facts: HostFacts, warnings: string[]): void {
  const { containers, engine, network } = draft;
  const keep = (section: Section, field: string, make: () => unknown): void => { if (section[field] === undefined || section[field] === "") section[field] = make(); };
  keep(engine, "tmpDir", () => defaultTmpDir(env, facts));
  keep(engine, "staticDir", () => join(storage.graphRoot, "libpod"));
  keep(engine, "volumePath", () => join(storage.graphRoot, "volumes"));
  keep(engine, "databaseBackend", () => "sqlite");
  keep(engine, "runtime", () => findRuntime(engine["runtimes"] as EngineSection["runtimes"], env));
  keep(network, "networkConfigDir", () => (facts.rootless ? join(storage.graphRoot, "networks") : join(facts.etcDir, "networks")));
  keep(network, "backend", () => "netavark");
  containers["defaultCapabilities"] = (containers["defaultCapabilities"] as readonly string[]).map((name) => (/^cap_/i.test(name) ? name : `CAP_${name.toUpperCase()}`));
  containers["rootlessNetworkCmd"] = network["defaultRootlessNetworkCmd"];
  engine["runtimesFlagsByName"] = Object.fromEntries(Object.entries(engine["runtimesFlagsByName"] as EngineSection["runtimesFlagsByName"]).map(([name, flags]) => [name, flags.map((flag) => `--${flag}`)]));
  engine["imageCopyTmpDir"] = copyTmpDir(engine["imageCopyTmpDir"] as string | undefined, storage, env);
  const helperDir = env["CONTAINERS_HELPER_BINARY_DIR"];
  if (helperDir !== undefined) engine["helperBinariesDir"] = [helperDir, ...(engine["helperBinariesDir"] as readonly string[])];
  if (facts.rootless && !facts.cgroup2 && global.cgroupManager === undefined) engine["cgroupManager"] = "cgroupfs";
  if (facts.rootless && facts.uid !== 0 && engine["cgroupManager"] === "systemd" && !hasSessionBus(env, facts)) fallBackToCgroupfs(engine, facts, warnings);
  // Without delegated controllers a default limit could not be set, and every start would fail.
  if (facts.rootless && (engine["cgroupManager"] !== "systemd" || !facts.cgroup2)) containers["pidsLimit"] = 0;
}

function fallBackToCgroupfs(engine: Section, facts: HostFacts, warnings: string[]): void {
  engine["cgroupManager"] = "cgroupfs";
  warnings.push(
    "The cgroupv2 manager is set to systemd but there is no systemd user session available",
    "For using systemd, you may need to log in using a user session",
    `Alternatively, you can enable lingering with: \`loginctl enable-linger ${facts.uid}\` (possibly as root)`,
    "Falling back to --cgroup-manager=cgroupfs",
  );
}

function hasSessionBus(env: Environment, facts: HostFacts): boolean {
  const address = env["DBUS_SESSION_BUS_ADDRESS"];
  if (address === undefined || address === "") return existsSync(join(runtimeDir(env, facts), "bus"));
  const path = address.split(",").find((part) => part.startsWith("unix:path="));
  return path !== undefined && existsSync(path.slice("unix:path=".length));
}

function defaultTmpDir(env: Environment, facts: HostFacts): string {
  if (facts.uid === 0) return "/run/libpod";
  const parent = join(runtimeDir(env, facts), "libpod");
  makeStickyDirectory(parent);
  return join(parent, "tmp");
}

function findRuntime(runtimes: EngineSection["runtimes"], env: Environment): string {
  const exists = (name: string): boolean => (runtimes[name] ?? []).some((path) => existsSync(path)) || findProgram(name, env) !== undefined;
  return runtimePreference.find(exists) ?? "crun";
}

function copyTmpDir(configured: string | undefined, storage: StorageConfig, env: Environment): string {
  if (env["TMPDIR"] !== undefined && env["TMPDIR"] !== "") return env["TMPDIR"];
  if (configured === undefined || configured === "") return "/var/tmp";
  if (configured === "storage") return join(storage.graphRoot, "tmp");
  if (isAbsolute(configured)) return configured;
  throw new EngineError("invalid-argument", `invalid image_copy_tmp_dir value ${JSON.stringify(configured)} (relative paths are not accepted)`);
}

function assemble(draft: Draft, storage: StorageConfig, env: Environment, facts: HostFacts, notes: Pick<EngineConfig, "loadedModules" | "warnings" | "debug">): EngineConfig {
  // The key tables guarantee the fields' types; `validateConfig` their values.
  const engine = draft.engine as unknown as EngineSection;
  return {
    rootless: facts.rootless, uid: facts.uid, storage, engine,
    containers: draft.containers as unknown as ContainersSection,
    network: draft.network as unknown as NetworkSection,
    secrets: draft.secrets as unknown as EngineConfig["secrets"],
    machine: draft.machine, farms: draft.farms,
    podmansh: draft.podmansh as unknown as EngineConfig["podmansh"],
    paths: pathsOf(engine, storage, env, facts), ...notes,
  };
}

function pathsOf(engine: EngineSection, storage: StorageConfig, env: Environment, facts: HostFacts): EnginePaths {
  const staticDir = engine.staticDir ?? join(storage.graphRoot, "libpod");
  return {
    tmpDir: engine.tmpDir, staticDir, volumePath: engine.volumePath,
    database: join(storage.transient ? engine.tmpDir : staticDir, "engine.sqlite"),
    lockDir: join(engine.tmpDir, "object-locks"), exitDir: join(engine.tmpDir, "exits"), persistDir: join(engine.tmpDir, "persist"),
    eventsFile: engine.eventsLogFilePath !== undefined && engine.eventsLogFilePath !== "" ? engine.eventsLogFilePath : join(engine.tmpDir, "events/events.log"),
    netnsDir: facts.rootless ? join(runtimeDir(env, facts), "netns") : "/run/netns",
  };
}
