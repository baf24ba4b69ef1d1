/**
 * /etc/hosts of a container. Lines in this order: --add-host, the base file, then what is still unnamed of localhost,
 * `host.containers.internal`, and the container's own addresses.
 */
import { closeSync, constants, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { EngineError, isErrno } from "../base/errors.ts";
import { openFlags, openInRoot } from "../sys/index.ts";
import { localAddress } from "./host.ts";
import type { Network, NetworkStatus } from "./types.ts";

export interface HostEntry { readonly ip: string; readonly names: readonly string[] }

export interface HostsContent {
  /** `name[;name…]:ip`, where the ip may be `host-gateway`. */
  readonly extraHosts: readonly string[];
  /** Text of the base file; empty for none. See `readBaseHosts`. */
  readonly base: string;
  /** undefined: unknown, and then `host-gateway` is refused. */
  readonly hostInternalIp?: string;
  readonly containerEntries: readonly HostEntry[];
}

const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

/** The whole file. @throws invalid-argument for a wrong --add-host */
export function hostsContent(content: HostsContent): string {
  const user = [...content.extraHosts.map((entry) => parseExtraHost(entry, content.hostInternalIp)), ...parseHosts(content.base)];
  const internal = content.hostInternalIp === undefined || content.hostInternalIp === "" ? []
    : [{ ip: content.hostInternalIp, names: ["host.containers.internal", "host.docker.internal"] }];
  const own = [{ ip: "127.0.0.1", names: ["localhost"] }, { ip: "::1", names: ["localhost"] }, ...internal, ...content.containerEntries];
  return [...user, ...withoutNames(own, namesOf(user))].map(formatEntry).join("");
}

function parseExtraHost(entry: string, hostInternalIp: string | undefined): HostEntry {
  const colon = entry.indexOf(":");
  if (colon === -1) throw invalid(`unable to parse host entry "${entry}": incorrect format`);
  const [names, ip] = [entry.slice(0, colon), entry.slice(colon + 1)];
  if (names === "") throw invalid(`hostname in host entry "${entry}" is empty`);
  if (ip === "") throw invalid(`IP address in host entry "${entry}" is empty`);
  if (ip !== "host-gateway") return { ip, names: names.split(";") };
  if (hostInternalIp === undefined || hostInternalIp === "") throw invalid(`unable to replace "host-gateway" of host entry "${entry}": host containers internal IP address is empty`);
  return { ip: hostInternalIp, names: names.split(";") };
}

/** Entries of a hosts file, without comments and lines that name nothing. */
export function parseHosts(text: string): HostEntry[] {
  return text.split("\n").flatMap((line) => {
    const [ip, ...names] = (line.split("#")[0] ?? "").trim().split(/\s+/);
    return ip === undefined || ip === "" || names.length === 0 ? [] : [{ ip, names }];
  });
}

const namesOf = (entries: readonly HostEntry[]): ReadonlySet<string> => new Set(entries.flatMap(({ names }) => names));
const formatEntry = ({ ip, names }: HostEntry): string => `${ip}\t${names.join(" ")}\n`;

/** Only names that the user did not give himself. */
function withoutNames(entries: readonly HostEntry[], taken: ReadonlySet<string>): HostEntry[] {
  return entries.map(({ ip, names }) => ({ ip, names: names.filter((name) => !taken.has(name)) })).filter(({ names }) => names.length > 0);
}

/** A hosts file is small; an image's may be hostile. */
const maxHostsBytes = 4 * 1024 * 1024;

/**
 * Text of the base file by its setting: empty is the host's /etc/hosts, `none` nothing, `image` the image's own (opened inside
 * the mounted root), else a path. @throws not-found for a path that is not there
 */
export function readBaseHosts(setting: string, rootfs: string | undefined): string {
  if (setting === "none") return "";
  if (setting === "image") return rootfs === undefined ? "" : readInRoot(rootfs, "etc/hosts");
  const path = setting === "" ? "/etc/hosts" : setting;
  try { return readFileSync(path, "utf8").slice(0, maxHostsBytes); } catch (error) {
    if (isErrno(error, "ENOENT") && path === "/etc/hosts") return "";
    throw error;
  }
}

function readInRoot(rootfs: string, path: string): string {
  const root = openSync(rootfs, constants.O_DIRECTORY | constants.O_RDONLY);
  try {
    const fd = openInRoot(root, path, openFlags.rdonly | openFlags.nonblock);
    try { return readFileSync(fd, "utf8").slice(0, maxHostsBytes); } finally { closeSync(fd); }
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return "";
    throw error;
  } finally { closeSync(root); }
}

/** The container's own lines: every address on its networks, with its host name and its name. */
export function entriesOfStatus(status: Readonly<Record<string, NetworkStatus>>, names: readonly string[]): HostEntry[] {
  return Object.values(status).flatMap(({ interfaces }) => Object.values(interfaces ?? {})).flatMap(({ subnets }) => subnets ?? [])
    .map(({ ipnet }) => ({ ip: ipnet.split("/")[0] ?? "", names }));
}

/**
 * Address of `host.containers.internal`: the setting (`none` for no entry), the gateway of a bridge network (as root; a user's
 * bridges are not on the host), else an address of the host.
 */
export function hostInternalIp(options: {
  readonly setting: string | undefined; readonly rootless: boolean; readonly status: Readonly<Record<string, NetworkStatus>>;
  readonly networks: readonly Network[]; readonly preferred?: string; readonly excluded?: readonly string[];
}): string | undefined {
  if (options.setting === "none") return undefined;
  if (options.setting !== undefined && options.setting !== "") return options.setting;
  if (options.preferred !== undefined) return options.preferred;
  const bridges = new Set(options.networks.filter(({ driver }) => driver === "bridge").map(({ name }) => name));
  const gateways = options.rootless ? [] : Object.entries(options.status).filter(([name]) => bridges.has(name))
    .flatMap(([, { interfaces }]) => Object.values(interfaces ?? {})).flatMap(({ subnets }) => subnets ?? []).flatMap(({ gateway }) => gateway === undefined ? [] : [gateway]);
  return gateways.find((gateway) => !gateway.includes(":")) ?? gateways.at(-1) ?? localAddress(options.excluded);
}

/** Adds lines to the file of a running container (network connect), unless `known` lines are no longer there: then the user rewrote the file. Keeps the inode, because the file is mounted. */
export function addHostEntries(path: string, known: readonly HostEntry[], added: readonly HostEntry[]): void {
  if (isOversized(path)) return;
  const present = parseHosts(readFileSync(path, "utf8"));
  if (known.length > 0 && !present.some((entry) => matches(entry, known))) return;
  const lines = known.length > 0 ? added : withoutNames(added, namesOf(present));
  writeFileSync(path, lines.map(formatEntry).join(""), { flag: "a" });
}

/** Takes lines out again (network disconnect): those with the address and one of the names. */
export function removeHostEntries(path: string, removed: readonly HostEntry[]): void {
  if (isOversized(path)) return;
  const kept = parseHosts(readFileSync(path, "utf8")).filter((entry) => !matches(entry, removed));
  writeFileSync(path, kept.map(formatEntry).join(""));
}
/** The container may write into it what it likes; such a file is its own business. */
const isOversized = (path: string): boolean => statSync(path).size > maxHostsBytes;
const matches = (entry: HostEntry, among: readonly HostEntry[]): boolean => among.some(({ ip, names }) => ip === entry.ip && entry.names.some((name) => names.includes(name)));
