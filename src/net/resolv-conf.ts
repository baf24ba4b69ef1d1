/**
 * /etc/resolv.conf of a container (resolv.conf(5)): what was asked for, else what the networks give, else the host's without
 * its loopback servers, which a container cannot reach.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { parseIp } from "../formats/ip.ts";
import type { NetworkStatus } from "./types.ts";

export interface ResolvConf { readonly nameservers: readonly string[]; readonly searches: readonly string[]; readonly options: readonly string[] }

export interface ResolvRequest {
  /** --dns and containers.conf, in this order of files then flags. */
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
  readonly status: Readonly<Record<string, NetworkStatus>>;
  /** Forwarders of pasta or slirp4netns; they come before the host's servers. */
  readonly forwarders?: readonly string[];
  /** false with the host's network: its file is taken as it is. */
  readonly hasNetns: boolean;
  /** Named namespaces (`ip netns`) have a file of their own in /etc/netns. */
  readonly netnsPath?: string;
  readonly ipv6: boolean;
  /** For tests; /etc/resolv.conf. */
  readonly hostFile?: string;
}

/** The whole file. */
export function resolvConfContent(request: ResolvRequest): string {
  const statuses = Object.values(request.status);
  const fromNetworks = statuses.flatMap(({ dns_server_ips }) => dns_server_ips ?? []);
  const networkSearches = [...new Set(statuses.flatMap(({ dns_search_domains }) => dns_search_domains ?? []))];
  // aardvark-dns got the asked servers as its upstream, so it alone stands in the file.
  const asked = fromNetworks.length > 0 ? [] : request.nameservers;
  const hasOwn = asked.length > 0 || fromNetworks.length > 0;
  const host = hostResolvConf(request);
  const nameservers = hasOwn ? [...asked, ...fromNetworks] : [...request.forwarders ?? [], ...host.nameservers];
  const isSearchOff = request.searches.includes(".");
  const searches = isSearchOff ? [] : request.searches.length > 0 ? request.searches : networkSearches.includes(".") ? [] : [...networkSearches, ...host.searches];
  return formatResolvConf({ nameservers, searches, options: request.options.length > 0 ? request.options : host.options });
}

export function formatResolvConf({ nameservers, searches, options }: ResolvConf): string {
  const search = searches.join(" ").trim();
  const option = options.join(" ").trim();
  return [...(search === "" || search === "." ? [] : [`search ${search}\n`]), ...nameservers.map((server) => `nameserver ${server}\n`), ...(option === "" ? [] : [`options ${option}\n`])].join("");
}

/** Comments go; of several `search` or `options` lines the last counts. */
export function parseResolvConf(text: string): ResolvConf {
  const lines = text.split("\n").map((line) => (line.split("#")[0] ?? "").trim().split(/\s+/));
  const last = (keyword: string): readonly string[] => lines.filter(([word]) => word === keyword).at(-1)?.slice(1) ?? [];
  const nameservers = lines.filter(([word, server]) => word === "nameserver" && server !== undefined && parseIp(server.split("%")[0] ?? "") !== undefined);
  return { nameservers: nameservers.map(([, server]) => server ?? ""), searches: last("search"), options: last("options") };
}

/** Local resolvers keep the real servers in files of their own. */
const stubFiles: Readonly<Record<string, string>> = { "127.0.0.53": "/run/systemd/resolve/resolv.conf", "127.0.0.1": "/run/NetworkManager/no-stub-resolv.conf" };
const defaultServers = { v4: ["8.8.8.8", "8.8.4.4"], v6: ["2001:4860:4860::8888", "2001:4860:4860::8844"] } as const;

function hostResolvConf(request: ResolvRequest): ResolvConf {
  const ofNetns = request.netnsPath === undefined || request.netnsPath.startsWith("/proc/") ? undefined : join("/etc/netns", basename(request.netnsPath), "resolv.conf");
  const own = ofNetns !== undefined && existsSync(ofNetns) ? ofNetns : request.hostFile ?? "/etc/resolv.conf";
  const direct = parseResolvConf(readOrEmpty(own));
  if (!request.hasNetns) return direct;
  const stub = direct.nameservers.length === 1 ? stubFiles[direct.nameservers[0] ?? ""] : undefined;
  const real = stub !== undefined && existsSync(stub) ? parseResolvConf(readOrEmpty(stub)) : direct;
  const reachable = real.nameservers.filter((server) => isReachable(server, request.ipv6));
  return { ...real, nameservers: reachable.length > 0 ? reachable : [...defaultServers.v4, ...(request.ipv6 ? defaultServers.v6 : [])] };
}

/** Loopback is the container's own; a zone (`%eth0`) names an interface of the host. */
function isReachable(server: string, ipv6: boolean): boolean {
  if (server.startsWith("127.") || server === "::1") return false;
  return !server.includes(":") || (ipv6 && !server.includes("%"));
}

function readOrEmpty(path: string): string {
  try { return readFileSync(path, "utf8"); } catch (error) {
    if (isErrno(error, "ENOENT")) return "";
    throw error;
  }
}

/** Puts servers in front, or takes them out, in the file of a running container. Keeps the inode, because the file is mounted. */
export function changeNameservers(path: string, change: { readonly add?: readonly string[]; readonly remove?: readonly string[] }): void {
  const before = parseResolvConf(readFileSync(path, "utf8"));
  const kept = before.nameservers.filter((server) => change.remove?.includes(server) !== true);
  writeFileSync(path, formatResolvConf({ ...before, nameservers: [...change.add ?? [], ...kept] }));
}

/** True when a network gave an IPv6 address. */
export function hasIpv6(status: Readonly<Record<string, NetworkStatus>>): boolean {
  return Object.values(status).flatMap(({ interfaces }) => Object.values(interfaces ?? {})).flatMap(({ subnets }) => subnets ?? []).some(({ ipnet }) => ipnet.includes(":"));
}
