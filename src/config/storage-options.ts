/** The `[storage]` table as typed data, and its driver options as the `driver.key=value` strings that drivers read. */
import { EngineError } from "../base/errors.ts";
import type { TomlTable, TomlValue } from "../formats/toml.ts";
import { isTable } from "./merge.ts";

export interface StorageTable {
  readonly driver?: string;
  readonly driverPriority: readonly string[];
  readonly graphRoot?: string;
  readonly runRoot?: string;
  readonly imageStore?: string;
  readonly rootlessStoragePath?: string;
  readonly transient: boolean;
  readonly additionalImageStores: readonly string[];
  readonly additionalLayerStores: readonly string[];
  readonly pullOptions: Readonly<Record<string, string>>;
  readonly ignoreChownErrors?: string | undefined;
  /** `[storage.options]` scalars. */
  readonly common: Readonly<Record<string, string>>;
  /** `[storage.options.<driver>]` scalars. */
  readonly byDriver: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Keys of each driver that the common table may give too. */
const driverKeys: Readonly<Record<string, readonly string[]>> = {
  overlay: ["ignore_chown_errors", "mount_program", "mountopt", "size", "inodes", "skip_mount_home", "force_mask", "use_composefs"],
  vfs: ["ignore_chown_errors"], btrfs: ["min_space", "size"], zfs: ["fsname", "mountopt", "size"],
};

/** @throws EngineError invalid-argument for a value of the wrong type */
export function storageTableOf(table: TomlTable, file = ""): StorageTable {
  const options = tableAt(table, "options", file);
  const text = (key: string): string | undefined => stringAt(table, key, file);
  const optional = { driver: text("driver"), graphRoot: text("graphroot"), runRoot: text("runroot"), imageStore: text("imagestore"), rootlessStoragePath: text("rootless_storage_path") };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined && value !== "")) as Partial<Record<keyof typeof optional, string>>;
  const common = scalars(options);
  return {
    ...present, common,
    driverPriority: listAt(table, "driver_priority", file),
    transient: table["transient_store"] === true,
    additionalImageStores: [...listAt(options, "additionalimagestores", file), ...(common["imagestore"] ? [common["imagestore"]] : [])],
    additionalLayerStores: listAt(options, "additionallayerstores", file),
    pullOptions: scalars(tableAt(options, "pull_options", file)),
    ignoreChownErrors: common["ignore_chown_errors"],
    byDriver: Object.fromEntries(Object.keys(driverKeys).map((driver) => [driver, scalars(tableAt(options, driver, file))])),
  };
}

/** Options of the chosen driver. */
export function driverOptions(table: StorageTable, driver: string): string[] {
  const own = table.byDriver[driver] ?? {};
  const value = (key: string): string | undefined => own[key] ?? table.common[key] ?? (key === "ignore_chown_errors" ? table.ignoreChownErrors : undefined);
  return [
    ...table.additionalImageStores.map((path) => `${driver}.imagestore=${path}`),
    ...table.additionalLayerStores.map((path) => `${driver}.additionallayerstore=${path}`),
    ...(driverKeys[driver] ?? []).flatMap((key) => value(key) === undefined || value(key) === "" ? [] : [`${driver}.${key}=${value(key)}`]),
  ];
}

function scalars(table: TomlTable): Record<string, string> {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => ["string", "number", "boolean", "bigint"].includes(typeof value)).map(([key, value]) => [key, String(value)]));
}

function tableAt(table: TomlTable, key: string, file: string): TomlTable {
  const value = table[key];
  if (value !== undefined && !isTable(value)) throw wrong(file, key, "a table");
  return value ?? {};
}

function stringAt(table: TomlTable, key: string, file: string): string | undefined {
  const value = table[key];
  if (value !== undefined && typeof value !== "string") throw wrong(file, key, "a string");
  return value;
}

function listAt(table: TomlTable, key: string, file: string): string[] {
  const value: TomlValue = table[key] ?? [];
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === "string")) throw wrong(file, key, "an array of strings");
  return value;
}

function wrong(file: string, key: string, wanted: string): EngineError {
  return new EngineError("invalid-argument", `decode configuration ${file}: key "storage.${key}": expected ${wanted}`);
}
