/**
 * Network definitions on disk: `<network_config_dir>/<name>.json`, as netavark's users keep them and Podman reads them. The
 * default network exists without a file until somebody stores one.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno } from "../base/errors.ts";
import { namePattern } from "../base/ids.ts";
import { completeSubnets } from "./subnets.ts";
import type { Network } from "./types.ts";

/** Podman's fixed id of the default network. */
const defaultNetworkId = "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9";
/** A definition is a few hundred bytes. */
const maxFileSizeBytes = 1024 * 1024;

export interface NetworkFolder { readonly directory: string; readonly defaultNetwork: string; readonly defaultSubnet: string }
export interface LoadedNetworks { readonly networks: ReadonlyMap<string, Network>; readonly warnings: readonly string[] }

/** All networks by name. A file that cannot be used is a warning, never a failure of all. */
export function loadNetworks(folder: NetworkFolder): LoadedNetworks {
  const networks = new Map<string, Network>();
  const warnings: string[] = [];
  for (const file of listFiles(folder.directory)) {
    const loaded = loadOne(folder.directory, file);
    if (typeof loaded === "string") warnings.push(loaded); else if (loaded !== undefined) networks.set(loaded.name, loaded);
  }
  if (!networks.has(folder.defaultNetwork)) networks.set(folder.defaultNetwork, defaultDefinition(folder));
  return { networks, warnings };
}

/** The network by name, else by unique id prefix. @throws not-found/no-such-network, failed-precondition/ambiguous-ref */
export function findNetwork(networks: ReadonlyMap<string, Network>, ref: string): Network {
  const byName = networks.get(ref);
  if (byName !== undefined) return byName;
  const matches = [...networks.values()].filter(({ id }) => ref !== "" && id.startsWith(ref));
  if (matches.length > 1) throw new EngineError("failed-precondition", `more than one result for network ID ${ref}`, { reason: "ambiguous-ref" });
  const match = matches[0];
  if (match === undefined) throw new EngineError("not-found", `unable to find network with name or ID ${ref}: network not found`, { reason: "no-such-network" });
  return match;
}

function listFiles(directory: string): string[] {
  try { return readdirSync(directory).filter((name) => name.endsWith(".json")).toSorted(); } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

/** A network, a warning, or nothing when the file went away meanwhile. */
function loadOne(directory: string, file: string): Network | string | undefined {
  const path = join(directory, file);
  try {
    if (statSync(path).size > maxFileSizeBytes) return `error reading network config file "${path}": larger than ${maxFileSizeBytes} bytes`;
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    const network = decodeNetwork(parsed);
    if (`${network.name}.json` !== file) return `network config name "${network.name}" does not match file name "${file}", skipping`;
    if (!namePattern.test(network.name)) return `network config "${path}" has invalid name: "${network.name}", skipping`;
    if (network.id.length !== 64) return `network config "${path}" could not be parsed, skipping: invalid network ID "${network.id}"`;
    return completeSubnets(network, []);
  } catch (error) {
    if (isErrno(error, "ENOENT", "EISDIR")) return undefined;
    return `error reading network config file "${path}": ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Checks the shape of what came from outside. @throws invalid-argument */
export function decodeNetwork(value: unknown): Network {
  if (typeof value !== "object" || value === null) throw new EngineError("invalid-argument", "network is not a JSON object");
  const raw = value as Partial<Network>;
  if (typeof raw.name !== "string" || typeof raw.id !== "string") throw new EngineError("invalid-argument", "network has no name or id");
  return {
    ...raw, name: raw.name, id: raw.id, driver: raw.driver ?? "bridge", created: raw.created ?? new Date(0).toISOString(),
    ipv6_enabled: raw.ipv6_enabled ?? false, internal: raw.internal ?? false, dns_enabled: raw.dns_enabled ?? false,
  };
}

export function defaultDefinition(folder: NetworkFolder): Network {
  return completeSubnets({
    name: folder.defaultNetwork, id: defaultNetworkId, driver: "bridge", network_interface: "podman0", created: new Date().toISOString(),
    subnets: [{ subnet: folder.defaultSubnet }], ipv6_enabled: false, internal: false, dns_enabled: false, ipam_options: { driver: "host-local" },
  }, []);
}

/** Atomic: a reader sees the old file or the new one. */
export function saveNetwork(folder: NetworkFolder, network: Network): void {
  mkdirSync(folder.directory, { recursive: true, mode: 0o755 });
  const path = join(folder.directory, `${network.name}.json`);
  // No .json at the end: a reader that meets a left-over must not take it for a network.
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${encodeNetwork(network)}\n`, { mode: 0o644 });
  renameSync(draft, path);
}

/** Idempotent. */
export function removeNetworkFile(folder: NetworkFolder, name: string): void {
  try { unlinkSync(join(folder.directory, `${name}.json`)); } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}

/** Go's field order, and its rule that empty maps and lists are left out. */
export function orderFields(network: Network): Network {
  const filled = <T extends object>(value: T | undefined): T | undefined => value === undefined || Object.keys(value).length === 0 ? undefined : value;
  const sorted = (map: Record<string, string> | undefined): Record<string, string> | undefined => filled(map) && Object.fromEntries(Object.entries(map ?? {}).toSorted(([a], [b]) => a < b ? -1 : 1));
  const fields: { [K in keyof Network]-?: Network[K] | undefined } = {
    name: network.name, id: network.id, driver: network.driver, network_interface: network.network_interface === "" ? undefined : network.network_interface,
    created: network.created, subnets: filled(network.subnets), routes: filled(network.routes), ipv6_enabled: network.ipv6_enabled,
    internal: network.internal, dns_enabled: network.dns_enabled, network_dns_servers: filled(network.network_dns_servers),
    labels: sorted(network.labels), options: sorted(network.options), ipam_options: sorted(network.ipam_options),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Network;
}

function encodeNetwork(network: Network): string {
  return JSON.stringify(orderFields(network), undefined, 5).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
