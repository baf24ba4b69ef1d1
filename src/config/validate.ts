/** The checks that a type cannot make, with Podman's sentences. */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { EngineError, within } from "../base/errors.ts";
import type { Environment } from "./rootless.ts";
import type { ContainersSection, EngineConfig, EngineSection, NetworkSection } from "./types.ts";

/** Podman's conmon buffer; a log may not be smaller. */
const minLogSizeBytes = 8192;

/** @throws EngineError invalid-argument naming section and value */
export function validateConfig(config: EngineConfig, env: Environment): void {
  const check = (section: string, run: () => void): void => {
    try { run(); } catch (error) { throw within(`validating ${section}`, error); }
  };
  check("containers config", () => { validateContainers(config.containers, env); });
  check("engine configs", () => { validateEngine(config.engine); });
  check("network configs", () => { validateNetwork(config.network); });
}

function validateContainers(containers: ContainersSection, env: Environment): void {
  for (const limit of containers.defaultUlimits) if (!/^[a-z]+=-?\d+(?::-?\d+)?$/.test(limit)) bad(`unrecognized ulimit ${limit}: invalid ulimit argument: ${limit}`);
  for (const device of containers.devices) validateDevice(device);
  if (containers.interfaceName !== undefined && !["", "device"].includes(containers.interfaceName)) bad(`invalid interface_name option ${containers.interfaceName}`);
  validateTimezone(containers.timezone ?? "", env);
  if (!/^[0-7]{1,4}$/.test(containers.umask)) bad(`not a valid umask ${containers.umask}`);
  if (containers.logPath !== undefined && containers.logPath !== "" && !isAbsolute(containers.logPath)) bad(`log_path must be an absolute path - instead got ${JSON.stringify(containers.logPath)}`);
  if (containers.logSizeMaxBytes >= 0 && containers.logSizeMaxBytes < minLogSizeBytes) bad(`log size max should be negative or >= ${minLogSizeBytes}`);
}

function validateDevice(device: string): void {
  // vendor.com/class=name: resolved through CDI specifications
  if (/^[A-Za-z][\w.-]*\/[A-Za-z][\w.-]*=\S+$/.test(device)) return;
  const [source = "", second, third, ...rest] = device.split(":");
  const isMode = (text: string): boolean => /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
  if (rest.length > 0) bad(`invalid device specification: ${device}`);
  if (third !== undefined && !isMode(third)) bad(`invalid device mode: ${third}`);
  if (second !== undefined && !isMode(second) && !second.startsWith("/")) bad(`invalid device mode: ${second}`);
  if (!source.startsWith("/dev/")) bad(`invalid device mode: ${source}`);
}

function validateTimezone(zone: string, env: Environment): void {
  if (zone === "" || zone === "local") return;
  const folders = env["TZDIR"] === undefined || env["TZDIR"] === "" ? ["/usr/share/zoneinfo", "/etc/zoneinfo"] : [env["TZDIR"]];
  if (!folders.some((folder) => existsSync(join(folder, zone)))) bad(`find timezone ${zone} in paths: ${folders.join(", ")}`);
}

function validateEngine(engine: EngineSection): void {
  const absolute = (what: string, path: string | undefined): void => {
    if (path !== undefined && path !== "" && !isAbsolute(path)) bad(`${what} must be an absolute path - instead got ${JSON.stringify(path)}`);
  };
  absolute("static directory", engine.staticDir);
  absolute("temporary directory", engine.tmpDir);
  absolute("volume path", engine.volumePath);
  oneOf(engine.imageVolumeMode, ["anonymous", "tmpfs", "ignore", "bind", ""], (mode) => `invalid image volume mode ${JSON.stringify(mode)} required value: anonymous, tmpfs, ignore`);
  oneOf(engine.pullPolicy, ["always", "Always", "missing", "Missing", "ifmissing", "IfNotPresent", "never", "Never", "newer", "ifnewer", ""], (policy) => `invalid pull type from containers.conf ${JSON.stringify(policy)}: unsupported pull policy ${JSON.stringify(policy)}`);
  oneOf(engine.databaseBackend, ["boltdb", "sqlite", ""], (backend) => `unsupported database backend: ${JSON.stringify(backend)}`);
  oneOf(engine.cgroupManager, ["systemd", "cgroupfs"], (manager) => `CGroup manager must be one of cgroupfs and systemd: invalid argument: ${JSON.stringify(manager)}`);
  oneOf(engine.podExitPolicy, ["continue", "stop", ""], (policy) => `invalid pod exit policy: ${JSON.stringify(policy)}`);
  for (const name of Object.keys(engine.runtimesFlagsByName)) {
    if (engine.runtimes[name] === undefined) bad(`invalid runtime ${JSON.stringify(name)} in [engine.runtimes_flags]: not defined in [engine.runtimes]`);
  }
}

function validateNetwork(network: NetworkSection): void {
  if (!Array.isArray(network.defaultSubnetPools)) bad("default_subnet_pools must be an array of tables");
  for (const pool of network.defaultSubnetPools as readonly { readonly base?: unknown; readonly size?: unknown }[]) {
    const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(String(pool.base));
    if (match === null) bad(`invalid subnet pool ip ${JSON.stringify(pool.base)}`);
    if (typeof pool.size !== "number" || pool.size < 0 || pool.size > 32) bad("invalid subnet pool size, must be between 0-32");
    else if (Number(match?.[2]) > pool.size) bad(`invalid subnet pool, size is bigger than subnet ${JSON.stringify(pool.base)}`);
  }
}

function oneOf(value: string, allowed: readonly string[], message: (value: string) => string): void {
  if (!allowed.includes(value)) bad(message(value));
}

function bad(message: string): never { throw new EngineError("invalid-argument", message); }
