/** `--ulimit`, `--device`, `--device-*-bps`, `--blkio-weight-device`, `--device-cgroup-rule`. Pure. */
import { EngineError } from "../../base/errors.ts";
import { isCdiName } from "../cdi/name.ts";
import { parseSize } from "./size.ts";

const fail = (message: string): EngineError => new EngineError("invalid-argument", message);
const ulimitNames = ["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"];

export interface ParsedUlimit { readonly name: string; readonly soft: number; readonly hard: number }

/** `nofile=100[:200]`, with or without `RLIMIT_`; -1 is unlimited; `host` copies the caller's limits. */
export function parseUlimit(text: string): ParsedUlimit {
  if (text === "host") return { name: "host", soft: -1, hard: -1 };
  const plain = text.toLowerCase().replace(/^rlimit_/, "");
  const bad = (why: string): EngineError => fail(`ulimit option "${plain}" requires name=SOFT:HARD, failed to be parsed: ${why}`);
  const match = /^([^=]*)=(.*)$/.exec(plain);
  if (match?.[1] === undefined || match[2] === undefined) throw bad(`invalid ulimit argument: ${plain}`);
  if (!ulimitNames.includes(match[1])) throw bad(`invalid ulimit type: ${match[1]}`);
  const parts = match[2].split(":");
  if (parts.length > 2) throw bad(`too many limit value arguments - ${match[2]}, can only have up to two, \`soft[:hard]\``);
  const [soft, hard = soft] = parts.map((part) => {
    if (!/^-?\d+$/.test(part)) throw bad(`strconv.ParseInt: parsing ${JSON.stringify(part)}: invalid syntax`);
    return Number(part);
  });
  if (soft === undefined || hard === undefined) throw bad(`invalid ulimit argument: ${plain}`);
  if (hard !== -1 && soft === -1) throw bad(`ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: ${hard}`);
  if (hard !== -1 && soft > hard) throw bad(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  return { name: match[1], soft, hard };
}

export interface ParsedDevice { readonly hostPath: string; readonly containerPath?: string; readonly permissions?: string }

/** `host[:container][:rwm]`, or the full name of a CDI device, which may have colons of its own. */
export function parseDevice(text: string): ParsedDevice {
  if (isCdiName(text)) return { hostPath: text };
  const [hostPath = "", second, third, extra] = text.split(":");
  if (hostPath === "") throw fail("stat : no such file or directory");
  if (extra !== undefined) throw fail(`invalid device specification: ${text}`);
  if (second === undefined) return { hostPath };
  if (isPermissions(second) && third === undefined) return { hostPath, permissions: second };
  if (!second.startsWith("/")) throw fail(`invalid device mode: ${second}`);
  if (third !== undefined && !isPermissions(third)) throw fail(`invalid device mode ${JSON.stringify(third)} in device ${JSON.stringify(text)}`);
  return { hostPath, containerPath: second, ...(third !== undefined && { permissions: third }) };
}
const isPermissions = (text: string): boolean => /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;

export interface ParsedRate { readonly path: string; readonly rate: number }

/** `/dev/sda:1mb`. */
export function parseByteRate(text: string): ParsedRate {
  const { path, value } = splitDevice(text);
  const bad = fail(`invalid rate for device: ${text}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb`);
  if (!/^\d/.test(value)) throw bad;
  return { path, rate: parseSize(value) };
}
/** `/dev/sda:1000`. */
export function parseIoRate(text: string): ParsedRate {
  const { path, value } = splitDevice(text);
  if (!/^\d+$/.test(value)) throw fail(`invalid rate for device: ${text}. The correct format is <device-path>:<number>. Number must be a positive integer`);
  return { path, rate: Number(value) };
}
/** `/dev/sda:200`. */
export function parseWeight(text: string): { readonly path: string; readonly weight: number } {
  const { path, value } = splitDevice(text);
  const weight = Number(value);
  if (!/^\d+$/.test(value) || (weight !== 0 && (weight < 10 || weight > 1000))) throw fail(`invalid weight for device: ${text}`);
  return { path, weight };
}
function splitDevice(text: string): { readonly path: string; readonly value: string } {
  const parts = text.split(":");
  if (parts.length !== 2 || parts[0] === "") throw fail(`bad format: ${text}`);
  if (parts[0]?.startsWith("/dev/") !== true) throw fail(`bad format for device path: ${text}`);
  return { path: parts[0], value: parts[1] ?? "" };
}

/** `c 42:* rmw`, `a 7 r`: checked here, kept as text. */
export function checkDeviceRule(text: string): string {
  const [type = "", numbers = "", access, extra] = text.split(" ");
  if (access === undefined || extra !== undefined) throw fail(`invalid device cgroup rule requires type, major:Minor, and access rules: "${text}"`);
  if (!/^[abc]$/.test(type)) throw fail(`invalid device type in device-access-add: ${type}`);
  const colon = numbers.indexOf(":");
  for (const number of colon === -1 ? [numbers] : [numbers.slice(0, colon), numbers.slice(colon + 1)]) {
    if (!/^(?:\d+|\*)$/.test(number)) throw fail(`strconv.ParseUint: parsing ${JSON.stringify(number)}: invalid syntax`);
  }
  const unknown = access.split("").find((letter) => !"rwm".includes(letter));
  if (unknown !== undefined) throw fail(`invalid device access in device-access-add: ${unknown}`);
  return text;
}
