/** `--publish` and `--expose` (podman-run(1)): `[[hostIP:][hostPort]:]containerPort[/protocol]`, ranges, `[v6]:` hosts. Pure. */
import { parseIp } from "../ip.ts";
import { EngineError } from "../../base/errors.ts";

/** As `PortPublish` of the contract. */
export interface PublishedPort { hostIp?: string; containerPort: number; hostPort?: number; range?: number; protocol?: string }

const fail = (message: string): EngineError => new EngineError("invalid-argument", message);

/** @throws invalid-argument with podman's sentences */
export function parsePublish(text: string): PublishedPort {
  const slashes = text.split("/");
  if (slashes.length > 2) throw fail("invalid port format - protocol can only be specified once");
  const [address = "", protocol] = slashes;
  if (protocol === "") throw fail("must provide a non-empty protocol to publish");
  const { hostIp, hostPort, containerPort } = splitAddress(address);
  return buildPort(hostIp, hostPort, containerPort, protocol?.toLowerCase());
}

interface AddressParts { readonly hostIp?: string; readonly hostPort?: string; readonly containerPort: string }

function splitAddress(address: string): AddressParts {
  if (address.startsWith("[")) return splitV6(address);
  const parts = address.split(":");
  if (parts.length === 1) return { containerPort: parts[0] ?? "" };
  if (parts.length === 2) return { hostPort: parts[0] ?? "", containerPort: parts[1] ?? "" };
  if (parts.length === 3) return { hostIp: parts[0] ?? "", hostPort: parts[1] ?? "", containerPort: parts[2] ?? "" };
  throw fail("invalid port format - format is [[hostIP:]hostPort:]containerPort");
}

function splitV6(address: string): AddressParts {
  const end = address.indexOf("]");
  if (end === -1) throw fail("invalid port format - IPv6 addresses must be enclosed by []");
  if (address[end + 1] !== ":") throw fail("invalid port format - IPv6 address must be followed by a colon (':')");
  const rest = address.slice(end + 2).split(":");
  if (rest.length !== 2) throw fail("invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort");
  return { hostIp: address.slice(1, end), hostPort: rest[0] ?? "", containerPort: rest[1] ?? "" };
}

function buildPort(hostIp: string | undefined, hostPort: string | undefined, containerPort: string, protocol: string | undefined): PublishedPort {
  if (containerPort === "") throw fail("must provide a non-empty container port to publish");
  const inner = parseRange(containerPort, "parsing container port");
  const port: PublishedPort = { containerPort: inner.start, ...(inner.length > 1 && { range: inner.length }), ...(protocol !== undefined && { protocol }) };
  if (hostIp === "") throw fail("must provide a non-empty container host IP to publish");
  if (hostIp !== undefined && hostIp !== "0.0.0.0" && parseIp(hostIp) === undefined) throw fail(`cannot parse "${hostIp}" as an IP address`);
  if (hostIp !== undefined) port.hostIp = hostIp;
  if (hostPort === undefined || hostPort === "" || hostPort === "0") return port;
  const outer = parseRange(hostPort, "parsing host port");
  // A range of host ports for one container port: the engine takes the first free one of them, as docker does; podman refuses.
  if (outer.length !== inner.length) throw fail(`host and container port ranges have different lengths: ${outer.length} vs ${inner.length}`);
  return { ...port, hostPort: outer.start };
}

function parseRange(text: string, what: string): { readonly start: number; readonly length: number } {
  if (text.startsWith("-")) throw fail(`${what}: port numbers cannot be negative`);
  const parts = text.split("-");
  if (parts.length > 2) throw fail(`${what}: invalid port format - port ranges are formatted as startPort-stopPort`);
  const start = parsePort(parts[0] ?? "", what);
  if (parts.length === 1) return { start, length: 1 };
  if (parts[1] === "") throw fail(`${what}: must provide ending number for port range`);
  const end = parsePort(parts[1] ?? "", what);
  if (end <= start) throw fail(`${what}: the end port of a range must be higher than the start port - ${end} is not higher than ${start}`);
  return { start, length: end - start + 1 };
}

function parsePort(text: string, what: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw fail(`${what}: invalid port number: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const port = Number(text);
  if (port < 1 || port > 65535) throw fail(`${what}: port numbers must be between 1 and 65535 (inclusive), got ${port}`);
  return port;
}

/** `80`, `80/udp`, `8000-8010/tcp` → `port/protocol` for each port of the range. */
export function parseExpose(text: string): string[] {
  const parts = text.split("/");
  if (parts.length > 2) throw fail("invalid expose format - protocol can only be specified once");
  const { start, end } = exposedRange(parts[0] ?? "");
  return Array.from({ length: end - start + 1 }, (_unused, index) => `${start + index}/${parts[1] ?? "tcp"}`);
}

/** docker/go-connections' way of reading `8000-8010`. */
function exposedRange(text: string): { readonly start: number; readonly end: number } {
  const port = (part: string): number => {
    const problem = !/^\d+$/.test(part) ? "invalid syntax" : Number(part) > 65535 ? "value out of range" : undefined;
    if (problem !== undefined) throw fail(`invalid range format for --expose: ${text}: strconv.ParseUint: parsing ${JSON.stringify(part)}: ${problem}`);
    return Number(part);
  };
  const dash = text.indexOf("-");
  const [start, end] = dash === -1 ? [port(text), port(text)] : [port(text.slice(0, dash)), port(text.slice(dash + 1))];
  if (end < start) throw fail(`invalid range format for --expose: ${text}: Invalid range specified for the Port: ${text}`);
  return { start, end };
}
