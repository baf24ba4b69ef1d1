/** Device nodes of a container, and the rules of its devices cgroup. */
import { lstatSync, readdirSync, realpathSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno, messageOf } from "../../base/errors.ts";
import type { DeviceCreate } from "../../contract/types/container-create.ts";
import { isCdiName } from "../../formats/cdi/name.ts";
import type { SpecDevice, SpecMount, SpecResources } from "./types.ts";

type DeviceRule = NonNullable<SpecResources["devices"]>[number];
export interface DeviceSetup { readonly devices: SpecDevice[]; readonly rules: DeviceRule[]; readonly mounts: SpecMount[] }

export interface DeviceRequest {
  readonly devices: readonly DeviceCreate[];
  readonly rules: readonly string[];
  readonly privileged: boolean;
  readonly rootless: boolean;
  /** Runs in a user namespace: no rules can be set. */
  readonly inUserns: boolean;
  /** systemd inside: the host's virtual consoles are kept from it. */
  readonly systemd: boolean;
}

/** Without CDI devices, which are more than nodes (`cdi/inject.ts`). @throws EngineError not-found, invalid-argument */
export function devicesOf(request: DeviceRequest): DeviceSetup {
  const wanted = request.devices.filter(({ hostPath }) => !isCdiName(hostPath)).flatMap(expand);
  if (request.inUserns && request.rules.length > 0) throw new EngineError("invalid-argument", "device cgroup rules are not supported in rootless mode or in a user namespace");
  const setup: DeviceSetup = { devices: [], rules: [], mounts: [] };
  if (request.privileged) addAll(setup, request);
  else if (!request.inUserns) setup.rules.push({ allow: false, access: "rwm" });
  for (const { source, destination, access } of wanted) {
    const device = nodeOf(source);
    if (device === undefined) throw new EngineError("invalid-argument", `${source} is not a valid device: not a device node`);
    if (request.rootless) { setup.mounts.push(bindOf(source, destination, access.includes("w"))); continue; }
    setup.devices.push({ ...device, path: destination });
    if (!request.privileged) setup.rules.push({ allow: true, type: device.type, major: device.major, minor: device.minor, access });
  }
  if (!request.privileged) setup.rules.push(...request.rules.map(parseRule));
  return setup;
}

function addAll(setup: DeviceSetup, { rootless, systemd }: DeviceRequest): void {
  for (const device of hostDevices("/dev")) {
    const isConsole = /^\/dev\/tty\d+$/.test(device.path);
    if (!rootless) {
      if (!(systemd && isConsole)) setup.devices.push(device);
    } else if (!isConsole && device.path !== "/dev/ptmx" && device.path !== "/dev/tty") setup.mounts.push(bindOf(device.path, device.path, true));
  }
  if (!rootless) setup.rules.push({ allow: true, access: "rwm" });
}

const bindOf = (source: string, destination: string, writable: boolean): SpecMount => ({ destination, type: "bind", source, options: ["slave", "nosuid", "noexec", writable ? "rw" : "ro", "rbind"] });

interface WantedDevice { readonly source: string; readonly destination: string; readonly access: string }

/** A directory stands for every device below it. */
function expand(device: DeviceCreate): WantedDevice[] {
  const access = device.permissions ?? "rwm";
  if (!/^[rwm]+$/.test(access)) throw new EngineError("invalid-argument", `invalid device mode: ${access}`);
  let source = device.hostPath;
  let info: Stats;
  try {
    if (lstatSync(source).isSymbolicLink()) source = realpathSync(source);
    info = statSync(source);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
    throw new EngineError("not-found", `stat ${device.hostPath}: no such file or directory`, { cause: error });
  }
  const destination = device.containerPath ?? device.hostPath;
  if (!info.isDirectory()) return [{ source, destination, access }];
  const found = hostDevices(source).map((node) => ({ source: node.path, destination: join(destination, node.path.slice(source.length)), access }));
  if (found.length === 0) throw new EngineError("invalid-argument", `no devices found in ${device.hostPath}: invalid argument`);
  return found;
}

const hiddenDirectories = new Set(["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts"]);

function hostDevices(directory: string): SpecDevice[] {
  return readdirSync(directory, { withFileTypes: true }).toSorted((a, b) => a.name < b.name ? -1 : 1).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    try {
      if (entry.isDirectory()) return hiddenDirectories.has(entry.name) ? [] : hostDevices(path);
      if (entry.name === "console" || entry.isSymbolicLink()) return [];
      const node = nodeOf(path);
      return node === undefined ? [] : [node];
    } catch (error) {
      // A device may vanish between the listing and the look.
      if (isErrno(error, "ENOENT", "EACCES")) return [];
      throw error;
    }
  });
}

/** Description of a device node or FIFO; undefined for any other file. */
export function nodeOf(path: string): SpecDevice | undefined {
  const info = lstatSync(path);
  const type = info.isBlockDevice() ? "b" : info.isCharacterDevice() ? "c" : info.isFIFO() ? "p" : undefined;
  if (type === undefined) return undefined;
  return { path, type, ...splitDevice(info.rdev), fileMode: info.mode, uid: info.uid, gid: info.gid };
}

/** dev_t to its numbers (glibc's layout). */
export function splitDevice(rdev: number): { readonly major: number; readonly minor: number } {
  const value = BigInt(rdev);
  return {
    major: Number(((value >> 8n) & 0xfffn) | ((value >> 32n) & ~0xfffn)),
    minor: Number((value & 0xffn) | ((value >> 12n) & 0xffffff00n)),
  };
}

/** `c 10:200 rwm`, `b *:* r`. @throws EngineError invalid-argument */
export function parseRule(text: string): DeviceRule {
  const match = /^([acb]) ([0-9]+|\*)(?::([0-9]+|\*))? ([rwm]+)$/.exec(text);
  if (match === null) throw new EngineError("invalid-argument", `invalid device cgroup rule format: '${text}'`);
  const [, type = "a", major = "*", minor = "*", access = ""] = match;
  return { allow: true, type, ...(major === "*" ? {} : { major: Number(major) }), ...(minor === "*" ? {} : { minor: Number(minor) }), access };
}

/** Numbers of a block device named in --device-read-bps and the like. @throws EngineError not-found */
export function deviceNumbers(path: string, flag: string): { readonly major: number; readonly minor: number } {
  let info: Stats;
  try { info = statSync(path); } catch (error) {
    throw new EngineError("not-found", `could not find ${flag} device ${path}: ${messageOf(error)}`, { cause: error });
  }
  if (!info.isBlockDevice()) throw new EngineError("invalid-argument", `could not find ${flag} device ${path}: ${path}: not a block device`);
  return splitDevice(info.rdev);
}
