/** Published ports: checked and completed at create. hold-ports.ts takes them at start. */
import type { PortPublish } from "../contract/types/container-create.ts";
import { EngineError } from "../base/errors.ts";
import { ipBytes, parseIp } from "../formats/ip.ts";
import { holdPort } from "../sys/index.ts";

/** A published port with nothing left open: one protocol, a host port, a length. */
export interface FinalPort { readonly hostIp: string; readonly containerPort: number; readonly hostPort: number; readonly range: number; readonly protocol: Protocol }
export type Protocol = "tcp" | "udp" | "sctp";
const protocols: readonly Protocol[] = ["tcp", "udp", "sctp"];
const maxPort = 65535;
const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

/**
 * Splits protocols, joins neighbours into ranges, chooses host ports that were left open, and adds `exposed` ports (`80/tcp`,
 * with `publishAll`) that are not published yet. `hostIps` are the host's addresses for ports that name none. The choice is
 * kept with the container, so it survives restarts.
 * @throws invalid-argument for wrong or conflicting ports
 */
export function finalPorts(published: readonly PortPublish[], exposed: readonly { readonly port: number; readonly protocol: Protocol }[] = [], hostIps: readonly string[] = []): FinalPort[] {
  const addresses = hostIps.length === 0 ? [""] : hostIps;
  const all = published.flatMap(splitPort).flatMap((port) => port.hostIp === "" ? addresses.map((hostIp) => ({ ...port, hostIp })) : [port]);
  const result: FinalPort[] = [];
  const groups = Map.groupBy(all, ({ hostIp, protocol }) => `${hostIp}|${protocol}`);
  for (const group of groups.values()) {
    const fixed = joinFixed(group.filter(({ hostPort }) => hostPort !== 0));
    const open = joinOpen(group.filter(({ hostPort }) => hostPort === 0));
    result.push(...fixed);
    for (const port of open) result.push(chooseHostPort(port, result));
  }
  for (const { port, protocol } of exposed) {
    const isPublished = result.some((one) => one.protocol === protocol && port >= one.containerPort && port < one.containerPort + one.range);
    if (isPublished) continue;
    for (const hostIp of addresses) result.push(chooseHostPort({ hostIp, containerPort: port, hostPort: 0, range: 1, protocol }, result));
  }
  return result;
}

/** One entry per protocol. @throws invalid-argument */
export function splitPort(port: PortPublish): FinalPort[] {
  const names = new Set((port.protocol ?? "tcp").split(",").map((name) => name === "" ? "tcp" : name.toLowerCase()));
  const range = port.range === undefined || port.range === 0 ? 1 : port.range;
  const hostIp = port.hostIp ?? "";
  if (hostIp !== "" && parseIp(hostIp) === undefined) throw invalid(`invalid IP address "${hostIp}" in port mapping`);
  if (port.containerPort === 0) throw invalid("container port number must be non-0");
  if (range - 1 + port.containerPort > maxPort) throw invalid("container port range exceeds maximum allowable port number");
  if (range - 1 + (port.hostPort ?? 0) > maxPort) throw invalid("host port range exceeds maximum allowable port number");
  return [...names].map((name) => {
    const protocol = protocols.find((known) => known === name);
    if (protocol === undefined) throw invalid(`unrecognized protocol "${name}" in port mapping`);
    return { hostIp, containerPort: port.containerPort, hostPort: port.hostPort ?? 0, range, protocol };
  });
}

function joinFixed(ports: readonly FinalPort[]): FinalPort[] {
  const result: FinalPort[] = [];
  for (const port of ports.toSorted((a, b) => a.hostPort - b.hostPort || a.containerPort - b.containerPort)) {
    const previous = result.at(-1);
    const distance = port.hostPort - (previous?.hostPort ?? 0);
    if (previous === undefined || previous.hostPort + previous.range < port.hostPort) result.push(port);
    else if (distance === port.containerPort - previous.containerPort) result[result.length - 1] = { ...previous, range: Math.max(previous.range, distance + port.range) };
    else if (previous.hostPort + previous.range > port.hostPort) throw invalid(`conflicting port mappings for host port ${port.hostPort} (protocol ${port.protocol})`);
    else result.push(port);
  }
  return result;
}

function joinOpen(ports: readonly FinalPort[]): FinalPort[] {
  const result: FinalPort[] = [];
  for (const port of ports.toSorted((a, b) => a.containerPort - b.containerPort)) {
    const previous = result.at(-1);
    if (previous !== undefined && previous.containerPort + previous.range > port.containerPort) {
      result[result.length - 1] = { ...previous, range: Math.max(previous.range, port.containerPort - previous.containerPort + port.range) };
    } else result.push(port);
  }
  return result;
}

/** As often as Podman tries: a long range may not fit where the kernel's first proposals are. */
const maxTries = 15;

function chooseHostPort(port: FinalPort, taken: readonly FinalPort[]): FinalPort {
  const address = addressBytes(port.hostIp);
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const held = holdPort(port.protocol === "udp" ? "udp" : "tcp", address, 0);
    held.close();
    const meets = (other: FinalPort): boolean => other.protocol === port.protocol && held.port < other.hostPort + other.range && other.hostPort < held.port + port.range;
    if (held.port + port.range - 1 <= maxPort && !taken.some(meets)) return { ...port, hostPort: held.port };
  }
  throw new EngineError("unavailable", `failed to find an open port to expose container port ${port.containerPort} ${port.range > 1 ? `with range ${port.range} ` : ""}on the host`);
}

/** 4 or 16 bytes; no address is IPv4's wildcard. */
export function addressBytes(hostIp: string): Uint8Array {
  const ip = hostIp === "" ? undefined : parseIp(hostIp);
  return ip === undefined ? new Uint8Array(4) : ipBytes(ip);
}
