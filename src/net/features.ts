/**
 * What the installed netavark can do. Old versions pass over what they do not know (a VLAN, say), so a network would work
 * differently from what its definition says: that is an error instead. The version is asked for only when a network needs more
 * than 1.4 has.
 */
import type { NetworkAttach } from "../contract/types/container-create.ts";
import { EngineError } from "../base/errors.ts";
import { contains, parseCidr, parseIp } from "../formats/ip.ts";
import type { Network } from "./types.ts";

/** `since`: first version that has it. */
export interface Requirement { readonly what: string; readonly since: string }

const builtinDrivers: ReadonlySet<string> = new Set(["bridge", "macvlan", "ipvlan"]);
export const isPluginDriver = (driver: string): boolean => !builtinDrivers.has(driver);

const optionsSince: Readonly<Record<string, string>> = {
  no_default_route: "1.7.0", bclim: "1.7.0", vrf: "1.8.0", vlan: "1.14.0", outbound_addr4: "2.0.0", outbound_addr6: "2.0.0",
};

/** What a network, and a container's place on it, need of netavark beyond 1.4. Pure. */
export function requirementsOf(network: Network, attach?: NetworkAttach): Requirement[] {
  return [...ofDriver(network), ...ofOptions(network), ...ofRoutes(network), ...(attach === undefined ? [] : ofAttach(network, attach))];
}

function ofDriver({ driver, ipam_options }: Network): Requirement[] {
  const found: Requirement[] = [];
  if (driver === "ipvlan") found.push({ what: "the ipvlan driver", since: "1.5.0" });
  if (isPluginDriver(driver)) found.push({ what: `the driver plugin "${driver}"`, since: "1.6.0" });
  if (ipam_options?.["driver"] === "dhcp") found.push({ what: `DHCP with the ${driver} driver`, since: driver === "bridge" ? "1.14.0" : "1.6.0" });
  return found;
}

function ofOptions({ driver, options = {} }: Network): Requirement[] {
  if (isPluginDriver(driver)) return [];
  const isOff = (name: string, value: string): boolean => name === "no_default_route" && value === "false";
  const named = Object.entries(options).flatMap(([name, value]) => {
    const since = optionsSince[name];
    return since === undefined || isOff(name, value) ? [] : [{ what: `the option ${name}`, since }];
  });
  if (options["isolate"] === "strict") named.push({ what: "the option isolate=strict", since: "1.7.0" });
  if (driver === "bridge" && options["mode"] === "unmanaged") named.push({ what: "an unmanaged bridge", since: "1.14.0" });
  return named;
}

function ofRoutes({ routes = [] }: Network): Requirement[] {
  const typed = routes.find(({ route_type }) => (route_type ?? "unicast") !== "unicast");
  if (typed !== undefined) return [{ what: `a ${typed.route_type} route`, since: "2.0.0" }];
  return routes.length > 0 ? [{ what: "static routes", since: "1.7.0" }] : [];
}

function ofAttach({ subnets = [] }: Network, { options, staticIps = [] }: NetworkAttach): Requirement[] {
  const crowded = subnets.find(({ subnet }) => staticIps.filter((ip) => isInside(subnet, ip)).length > 1);
  return [
    ...(options?.["host_interface_name"] === undefined ? [] : [{ what: "the option host_interface_name", since: "1.14.0" }]),
    ...(crowded === undefined ? [] : [{ what: `several addresses in the subnet ${crowded.subnet}`, since: "2.0.0" }]),
  ];
}

function isInside(subnet: string, text: string): boolean {
  const [cidr, ip] = [parseCidr(subnet), parseIp(text)];
  return cidr !== undefined && ip !== undefined && contains(cidr, ip);
}

/** @throws failed-precondition/program-missing that names the feature and both versions */
export function checkRequirements(program: string, network: string, requirements: readonly Requirement[]): void {
  if (requirements.length === 0) return;
  const version = versionOf(program);
  const missing = version === undefined ? undefined : requirements.find(({ since }) => isOlder(version, since));
  if (missing === undefined || version === undefined) return;
  throw new EngineError("failed-precondition", `network ${network} uses ${missing.what}, which needs netavark ${missing.since} or newer; ${program} is version ${version}`, {
    reason: "program-missing", hint: "install a newer netavark, or make the network without it",
  });
}

/** Whether the installed one is of this version or newer; false when it does not tell. */
export function isAtLeast(program: string, wanted: string): boolean {
  const version = versionOf(program);
  return version !== undefined && !isOlder(version, wanted);
}

const versions = new Map<string, string>();
/** undefined when it does not tell: then it may try. */
function versionOf(program: string): string | undefined {
  const known = versions.get(program);
  if (known !== undefined) return known;
  const { stdout, exitCode } = Bun.spawnSync([program, "version"], { stdin: "ignore", stderr: "ignore", maxBuffer: 64 * 1024 });
  if (exitCode !== 0) return undefined;
  let version: unknown;
  try { version = (JSON.parse(stdout.toString()) as { readonly version?: unknown }).version; } catch { return undefined; }
  if (typeof version !== "string" || !/^\d+\.\d+/.test(version)) return undefined;
  versions.set(program, version);
  return version;
}

/** Numbers of `major.minor.patch`; what follows them (`-dev`) counts as that version. */
function isOlder(version: string, than: string): boolean {
  const numbers = (text: string): number[] => (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? "").split(".").map(Number);
  const [left, right] = [numbers(version), numbers(than)];
  for (const [index, wanted] of right.entries()) {
    const have = left[index] ?? 0;
    if (have !== wanted) return have < wanted;
  }
  return false;
}
