/** The files that are bound over a container's own: made empty before the runtime opens them, filled in place before the start. */
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname as hostHostname } from "node:os";
import { dirname, join, normalize, relative } from "node:path";
import type { IdMap } from "../contract/types/container-create.ts";
import { podmanVersion } from "../contract/version.ts";
import type { EngineContext } from "../engine/context.ts";
import type { HostEntry } from "../net/hosts.ts";
import type { UserModeNetwork } from "../net/pasta.ts";
import type { Connected } from "./network.ts";
import { secretMounts } from "../secret/for-container.ts";
import type { SpecFiles } from "../runtime/spec/input.ts";
import { mount, mountFlags } from "../sys/index.ts";
import { notifyDirectory, reportsItself } from "./notify.ts";
import { shmPathOf } from "./paths.ts";
import type { ContainerRecord } from "./record.ts";
import { subscriptionsOf } from "./subscriptions.ts";

const defaultShmSizeBytes = 65_536_000;

/** Makes them (hosts and resolv.conf still empty) and says where they are. Idempotent. */
export function makeFiles(context: EngineContext, record: ContainerRecord): SpecFiles {
  const { config } = record;
  mkdirSync(config.runDir, { recursive: true, mode: 0o700 });
  mkdirSync(config.staticDir, { recursive: true, mode: 0o700 });
  const owner = config.uidMaps.length === 0 ? undefined : { uid: hostIdOf(config.uidMaps), gid: hostIdOf(config.gidMaps) };
  const write = (name: string, content: string): string => {
    const path = join(config.runDir, name);
    writeFileSync(path, content, { mode: 0o644 });
    // Inside they belong to root, whoever that is outside.
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
    return path;
  };
  const network = config.create.network ?? {};
  const shm = makeShm(context, record);
  return {
    ...(network.noHosts ?? context.config.containers.noHosts ? {} : { hosts: sharedFile(context, record, "hosts") ?? write("hosts", "") }),
    ...(network.noResolvConf === true || isOffline(context, record) ? {} : { resolvConf: sharedFile(context, record, "resolv.conf") ?? write("resolv.conf", "") }),
    ...(network.noHostname ?? context.config.containers.noHostname ? {} : { hostname: write("hostname", `${config.hostname === "" ? hostHostname() : config.hostname}\n`) }),
    ...(reportsItself(record) ? { notify: makeNotify(record) } : {}),
    containerenv: write(".containerenv", containerEnv(context, record)),
    ...(shm === undefined ? {} : { shm }),
    secrets: secretsOf(context, record),
  };
}

/** A directory of ours at /run/secrets, so that no names stay in the container's layer, and the secrets in it. */
function secretsOf(context: EngineContext, record: ContainerRecord): NonNullable<SpecFiles["secrets"]> {
  const secrets = secretMounts(record);
  if (secrets.length === 0) return subscriptionsOf(context, record);
  const directory = join(record.config.runDir, "run/secrets");
  // The last run could write into it: a link that it left would lead anywhere on this machine. Nothing of the container runs now.
  rmSync(directory, { recursive: true, force: true });
  const others = subscriptionsOf(context, record);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  for (const { destination } of secrets) makePlace(directory, relative("/run/secrets", normalize(destination)));
  return [...others, ...(others.some(({ destination }) => destination === "/run/secrets") ? [] : [{ source: directory, destination: "/run/secrets" }]), ...secrets];
}

/** Something to mount over: where the container's root is nobody here, the runtime cannot make it. */
function makePlace(directory: string, name: string): void {
  if (name === "" || name.startsWith("..")) return;
  mkdirSync(dirname(join(directory, name)), { recursive: true, mode: 0o755 });
  writeFileSync(join(directory, name), "", { mode: 0o644 });
}

const hostIdOf = (maps: readonly IdMap[]): number => maps.find(({ containerId }) => containerId === 0)?.hostId ?? 0;

/** conmon puts its socket here. */
function makeNotify({ config }: ContainerRecord): string {
  const directory = join(config.staticDir, notifyDirectory.host);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  return directory;
}

/** Without a network there is nobody to ask for addresses: such containers have no resolv.conf of ours. */
function isOffline(context: EngineContext, { config: { network } }: ContainerRecord): boolean {
  if (network.mode !== "container" || network.value === undefined) return network.mode === "none";
  return isOffline(context, context.containers().resolve(network.value));
}

/** A container in another one's network shares its files. */
function sharedFile(context: EngineContext, { config }: ContainerRecord, name: string): string | undefined {
  if (config.network.mode !== "container" || config.network.value === undefined) return undefined;
  const path = join(context.containers().resolve(config.network.value).config.runDir, name);
  return existsSync(path) ? path : undefined;
}

/** Only a privileged container learns about its surroundings. */
function containerEnv(context: EngineContext, { id, name, config }: ContainerRecord): string {
  if (config.create.security?.privileged !== true) return "";
  const lines = { engine: `podman-${podmanVersion}`, name, id, image: config.imageName ?? "", imageid: config.imageId ?? "", rootless: context.config.rootless ? 1 : 0 };
  return `${Object.entries(lines).map(([key, value]) => typeof value === "number" ? `${key}=${value}` : `${key}="${value}"`).join("\n")}\ngraphRootMounted=1\n`;
}

/** A tmpfs on the host for those whose /dev/shm others may join (`shareable`); another container's for `container:`. */
function makeShm(context: EngineContext, record: ContainerRecord): string | undefined {
  const ipc = record.config.create.namespaces?.ipc?.mode ?? context.config.containers.ipcns;
  if (ipc === "host") return "/dev/shm";
  const joined = record.config.create.namespaces?.ipc?.value;
  if (ipc === "container" && joined !== undefined) return joinedShm(context, joined);
  if (ipc !== "shareable") return undefined;
  const path = shmPathOf(record);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const size = record.config.create.storage?.shmSizeBytes ?? context.config.containers.shmSizeBytes;
  mount({ source: "shm", target: path, fstype: "tmpfs", flags: mountFlags.noexec | mountFlags.nosuid | mountFlags.nodev, data: `mode=1777,size=${size === 0 ? defaultShmSizeBytes : size}` });
  return path;
}

/** The host's, where the other container has that. */
function joinedShm(context: EngineContext, ref: string): string {
  const other = context.containers().resolve(ref);
  const ipc = other.config.create.namespaces?.ipc;
  return (ipc?.mode ?? context.config.containers.ipcns) === "host" ? "/dev/shm" : shmPathOf(other);
}

/** hosts and resolv.conf, once the addresses are known. Keeps the inodes: they may be mounted already. */
export async function fillNetworkFiles(context: EngineContext, record: ContainerRecord, connected: Connected): Promise<void> {
  const { config } = record;
  const network = config.create.network ?? {};
  if (config.network.mode === "container") return (await import("./joined-hosts.ts")).tellJoinedHost(context, record);
  if (network.noResolvConf !== true && config.network.mode !== "none") await fillResolvConf(context, record, connected);
  if (!(network.noHosts ?? context.config.containers.noHosts)) await fillHosts(context, record, connected);
}

async function fillResolvConf(context: EngineContext, { config }: ContainerRecord, { status, userMode }: Connected): Promise<void> {
  const { resolvConfContent, hasIpv6 } = await import("../net/resolv-conf.ts");
  const { containers } = context.config;
  const asked = config.create.network ?? {};
  const isHost = config.network.mode === "host";
  writeFileSync(join(config.runDir, "resolv.conf"), resolvConfContent({
    nameservers: [...containers.dnsServers, ...asked.dnsServers ?? []], searches: [...containers.dnsSearches, ...asked.dnsSearch ?? []],
    options: [...containers.dnsOptions, ...asked.dnsOptions ?? []], status, hasNetns: !isHost, ipv6: isHost || hasIpv6(status) || userMode?.ipv6 === true, ...(userMode === undefined ? {} : { forwarders: userMode.dnsForward }),
    ...(config.network.mode === "ns" && config.network.value !== undefined ? { netnsPath: config.network.value } : {}),
  }));
}

async function fillHosts(context: EngineContext, { config, name }: ContainerRecord, { status, userMode }: Connected): Promise<void> {
  const { entriesOfStatus, hostInternalIp, hostsContent, readBaseHosts } = await import("../net/hosts.ts");
  const asked = config.create.network ?? {};
  const names = [...new Set([config.hostname === "" ? hostHostname() : config.hostname, name])];
  const networks = Object.keys(status).length === 0 ? [] : await (await context.networks()).list();
  const internal = hostInternalIp({ setting: context.config.containers.hostContainersInternalIp, rootless: context.config.rootless, status, networks, ...hostsOfUserMode(userMode ?? await insideOf(context, status)) });
  writeFileSync(join(config.runDir, "hosts"), hostsContent({
    extraHosts: asked.addHosts ?? [], base: readBaseHosts(asked.baseHostsFile ?? context.config.containers.baseHostsFile, undefined),
    ...(internal === undefined ? {} : { hostInternalIp: internal }),
    containerEntries: ownEntries(config.network.mode, names, entriesOfStatus(status, names), userMode),
  }));
}

function ownEntries(mode: string, names: readonly string[], onNetworks: readonly HostEntry[], userMode: UserModeNetwork | undefined): readonly HostEntry[] {
  const [address] = userMode?.addresses ?? [];
  if (mode === "none") return [{ ip: "127.0.0.1", names }];
  return address === undefined ? onNetworks : [{ ip: address, names }];
}

/** The container has the host's own addresses, so those lead nowhere from inside. */
function hostsOfUserMode(userMode: Pick<UserModeNetwork, "addresses" | "mapGuest"> | undefined): { readonly preferred?: string; readonly excluded?: readonly string[] } {
  const [mapped] = userMode?.mapGuest ?? [];
  return { ...(mapped === undefined ? {} : { preferred: mapped }), ...(userMode === undefined ? {} : { excluded: userMode.addresses }) };
}

/** pasta of the namespace in which a user's bridges live. */
async function insideOf(context: EngineContext, status: Connected["status"]): Promise<Pick<UserModeNetwork, "addresses" | "mapGuest"> | undefined> {
  if (!context.config.rootless || Object.keys(status).length === 0) return undefined;
  const { addresses = [], mapGuest = [] } = (await context.networks()).rootlessInfo() ?? {};
  return { addresses, mapGuest };
}
