/** storage.conf(5): which file counts, and what follows from it, the environment and `--root`, `--runroot`, `--storage-…`. */
import { existsSync, readdirSync, realpathSync, statfsSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { TomlTable } from "../formats/toml.ts";
import { readTomlFile } from "./file.ts";
import { isTable } from "./merge.ts";
import { findProgram } from "./programs.ts";
import { configHome, dataHome, runtimeDir, type Environment, type HostFacts } from "./rootless.ts";
import { driverOptions, storageTableOf, type StorageTable } from "./storage-options.ts";
import type { GlobalOverrides, StorageConfig } from "./types.ts";

/** @throws EngineError invalid-argument for a file that does not parse, not-found for `CONTAINERS_STORAGE_CONF` of nothing */
export function loadStorageConfig(global: GlobalOverrides, env: Environment, facts: HostFacts, debug: string[]): StorageConfig {
  const perUser = facts.rootless && facts.uid !== 0;
  const configFile = storageConfFile(env, facts, perUser);
  const own = readStorageTable(configFile, debug);
  const table = own ?? systemTable(facts, perUser, debug);
  const roots = rootsOf(table, own !== undefined, perUser, env, facts);
  const graphRoot = global.root === undefined ? expandPath(roots.graphRoot, env, facts) : resolve(global.root);
  const runRoot = global.runroot === undefined ? expandPath(roots.runRoot, env, facts) : resolve(global.runroot);
  return compose(global, env, table, { configFile, graphRoot, runRoot });
}

function compose(global: GlobalOverrides, env: Environment, table: StorageTable, where: { configFile: string; graphRoot: string; runRoot: string }): StorageConfig {
  const configured = plainName(global.storageDriver ?? nonEmpty(env["STORAGE_DRIVER"]) ?? table.driver ?? "");
  const driver = configured === "" ? pickDriver(where.graphRoot, table, env) : configured;
  const options = optionsOf(global, env, table, driver);
  const imageStore = global.imagestore ?? table.imageStore;
  if (imageStore !== undefined && resolve(imageStore) === where.graphRoot) {
    throw new EngineError("invalid-argument", `imagestore ${imageStore} must either be not set or be a different than graphroot`);
  }
  const value = (name: string): string | undefined => options.findLast((option) => optionName(option) === name)?.replace(/^[^=]*=/, "");
  const mountProgram = value("mount_program");
  const mountOptions = value("mountopt");
  return {
    ...where, driver,
    ...(imageStore === undefined ? {} : { imageStore: resolve(imageStore) }),
    ...(mountProgram === undefined || mountProgram === "" ? {} : { mountProgram }),
    ...(mountOptions === undefined ? {} : { mountOptions }),
    additionalImageStores: options.filter((option) => optionName(option) === "imagestore").flatMap((option) => option.slice(option.indexOf("=") + 1).split(",")).filter((path) => path !== ""),
    options: Object.fromEntries(options.filter((option) => optionName(option) !== "imagestore").map((option) => splitOption(option))),
    transient: global.transientStore === true || table.transient,
    pullOptions: { ...table.pullOptions, ...Object.fromEntries((global.pullOptions ?? []).map(splitOption)) },
  };
}

/** Podman's precedence: `--storage-opt`, then nothing with `--storage-driver` or `--root`, then STORAGE_OPTS, then the file. */
function optionsOf(global: GlobalOverrides, env: Environment, table: StorageTable, driver: string): readonly string[] {
  const typed = global.storageOpts ?? [];
  if (typed.length > 0) return typed.length === 1 && typed[0] === "" ? [] : typed;
  // Options were written for the store of the file; podman(1) says so for both flags.
  if (global.storageDriver !== undefined || global.root !== undefined) return [];
  const fromEnv = env["STORAGE_OPTS"];
  if (fromEnv !== undefined) return fromEnv.split(",").filter((option) => option !== "");
  return driverOptions(table, driver);
}

function splitOption(option: string): [string, string] {
  const at = option.indexOf("=");
  return at === -1 ? [option, ""] : [option.slice(0, at), option.slice(at + 1)];
}

/** `overlay.mountopt=nodev` → `mountopt`. */
function optionName(option: string): string { return splitOption(option)[0].toLowerCase().replace(/^(?:overlay2?|storage|vfs)?\./, ""); }

/** The file that `info` names; it need not exist. */
function storageConfFile(env: Environment, facts: HostFacts, perUser: boolean): string {
  const told = env["CONTAINERS_STORAGE_CONF"];
  if (told !== undefined) {
    if (!existsSync(told)) throw new EngineError("not-found", `open ${told}: no such file or directory`, { hint: "CONTAINERS_STORAGE_CONF names a file that does not exist" });
    return told;
  }
  if (perUser) return join(configHome(env, facts), "containers/storage.conf");
  const etc = join(facts.etcDir, "storage.conf");
  return existsSync(etc) ? etc : join(facts.shareDir, "storage.conf");
}

/** What a rootless user without a file of his own takes over from the administrator's. */
function systemTable(facts: HostFacts, perUser: boolean, debug: string[]): StorageTable {
  const empty = storageTableOf({});
  if (!perUser) return empty;
  const system = readStorageTable(join(facts.etcDir, "storage.conf"), debug) ?? readStorageTable(join(facts.shareDir, "storage.conf"), debug) ?? empty;
  const driver = system.driver !== undefined && ["btrfs", "overlay", "vfs"].includes(plainName(system.driver)) ? system.driver : undefined;
  return {
    ...empty,
    ...(driver === undefined ? {} : { driver }),
    ...(system.rootlessStoragePath === undefined ? {} : { rootlessStoragePath: system.rootlessStoragePath }),
    driverPriority: system.driverPriority,
    ignoreChownErrors: driver === undefined ? undefined : system.ignoreChownErrors,
  };
}

function readStorageTable(path: string, debug: string[]): StorageTable | undefined {
  const toml: TomlTable | undefined = readTomlFile(path);
  if (toml === undefined) return undefined;
  debug.push(`Using storage configuration "${path}"`);
  const storage = toml["storage"];
  if (storage !== undefined && !isTable(storage)) throw new EngineError("invalid-argument", `decode configuration ${path}: key "storage": expected a table`);
  return storageTableOf(storage ?? {}, path);
}

function rootsOf(table: StorageTable, hasFile: boolean, perUser: boolean, env: Environment, facts: HostFacts): { graphRoot: string; runRoot: string } {
  if (!perUser) return { graphRoot: table.graphRoot ?? "/var/lib/containers/storage", runRoot: table.runRoot ?? "/run/containers/storage" };
  const own = table.rootlessStoragePath ?? join(dataHome(env, facts), "containers/storage");
  // Only the user's own file may name roots; the system's are root's.
  return { graphRoot: hasFile ? table.graphRoot ?? own : own, runRoot: (hasFile ? table.runRoot : undefined) ?? join(runtimeDir(env, facts), "containers") };
}

function expandPath(path: string, env: Environment, facts: HostFacts): string {
  const expanded = path.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_match, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare ?? "";
    return name === "UID" ? String(facts.uid) : name === "HOME" ? facts.home : env[name] ?? "";
  });
  try { return realpathSync(expanded); } catch { return normalize(expanded).replace(/(.)\/$/, "$1"); }
}

/** No driver is configured: the one that the store already has, else the first that can work. */
function pickDriver(graphRoot: string, table: StorageTable, env: Environment): string {
  const [first] = table.driverPriority;
  if (first !== undefined) return plainName(first);
  const entries = existsSync(graphRoot) ? readdirSync(graphRoot) : [];
  const prior = ["overlay", "vfs", "btrfs", "zfs"].find((name) => entries.includes(`${name}-images`) || entries.includes(name));
  if (prior !== undefined) return prior;
  const helped = (): boolean => (table.byDriver["overlay"]?.["mount_program"] ?? table.common["mount_program"] ?? "") !== "" || findProgram("fuse-overlayfs", env) !== undefined;
  return canHoldOverlay(graphRoot) || helped() ? "overlay" : "vfs";
}

/** File systems that the kernel refuses as an upper layer: overlay itself, aufs, ecryptfs, FUSE, NFS, ZFS of old. */
const unfit = [0x794c7630, 0x61756673, 0xf15f, 0x65735546, 0x6969];
function canHoldOverlay(path: string): boolean {
  if (!existsSync(path)) return path === "/" || canHoldOverlay(dirname(path));
  try { return !unfit.includes(Number(statfsSync(path).type)); } catch { return true; }
}

function plainName(driver: string): string { return driver === "overlay2" ? "overlay" : driver; }
function nonEmpty(text: string | undefined): string | undefined { return text === "" ? undefined : text; }
