/**
 * What set-ups made and somebody else took away: the resolver was killed, its files were lost, the firewall was flushed. Looking
 * costs a few small files and two questions to the kernel, no program and no lock. See docs/decisions/0050-network-health.md.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { chainMentions } from "../sys/index.ts";
import type { Network } from "./types.ts";

export interface ConnectedContainer { readonly id: string; readonly networks: readonly string[] }
/** `resolver`: names are not answered. `names`: containers that the resolver does not know. `rules`: containers whose packets the firewall no longer lets through. */
export interface NetworkFaults { readonly resolver: boolean; readonly names: readonly string[]; readonly rules: readonly string[] }

export interface HealthSurroundings {
  readonly networks: ReadonlyMap<string, Network>;
  readonly runDir: string;
  readonly hasResolver: boolean;
  /** false: a user's rules are in another namespace, or there are none. */
  readonly seesRules: boolean;
}

export const resolverFolder = (runDir: string): string => join(runDir, "aardvark-dns");

/** Pure but for what it reads. What cannot be told is no fault. */
export function findFaults(around: HealthSurroundings, containers: readonly ConnectedContainer[]): NetworkFaults {
  const networksOf = ({ networks }: ConnectedContainer): Network[] => networks.flatMap((name) => around.networks.get(name) ?? []);
  const named = around.hasResolver ? containers.filter((container) => networksOf(container).some(isNamed)) : [];
  const filtered = around.seesRules ? containers.filter((container) => networksOf(container).some(isFiltered)) : [];
  const unknown = named.filter((container) => networksOf(container).filter(isNamed).some(({ name }) => !readNames(around.runDir, name).includes(container.id)));
  return {
    resolver: named.length > 0 && runningResolver(around.runDir) === undefined, names: unknown.map(({ id }) => id),
    rules: filtered.length > 0 && !hasRules(filtered.flatMap(networksOf)) ? filtered.map(({ id }) => id) : [],
  };
}

/** Only the bridge driver has a name service of ours. */
const isNamed = ({ driver, dns_enabled, options }: Network): boolean => driver === "bridge" && dns_enabled && options?.["mode"] !== "unmanaged";
const isFiltered = ({ driver, internal, options, subnets = [] }: Network): boolean => driver === "bridge" && !internal && options?.["mode"] !== "unmanaged" && subnets.length > 0;

/** False when nobody has anything to ask: a resolver without any network ends at once. */
export function hasNames(runDir: string): boolean {
  try { return readdirSync(resolverFolder(runDir)).some((name) => name !== "aardvark.pid"); } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}

/** netavark's file of a network's names; an internal network's is marked so. */
function readNames(runDir: string, network: string): string {
  for (const name of [network, `${network}%int`]) {
    try { return readFileSync(join(resolverFolder(runDir), name), "utf8"); } catch { /* the other one, or lost */ }
  }
  return "";
}

const pidFile = (runDir: string): string => join(resolverFolder(runDir), "aardvark.pid");

/** Its process id, or undefined when the file is lost or names another process. */
export function runningResolver(runDir: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(runDir), "utf8").trim());
    return Number.isSafeInteger(pid) && pid > 1 && readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("aardvark-dns") ? pid : undefined;
  } catch { return undefined; }
}

/** A resolver that runs on after its files were lost: its number is kept again. False when there is none. Looks at every process. Only under netavark's lock. */
export function adoptResolver(runDir: string): boolean {
  const folder = resolverFolder(runDir);
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && isResolverOf(Number(name), folder));
  if (pid === undefined) return false;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(pidFile(runDir), pid);
  return true;
}

function isResolverOf(pid: number, folder: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words.some((word) => word.endsWith("aardvark-dns")) && words[words.indexOf("--config") + 1] === folder && words.includes("run");
  } catch { return false; }
}

const maxLeavingMillis = 2_000;
const pauseMillis = 2;

/**
 * A resolver without any network is about to end, but netavark would still tell it of the next one, which nobody would serve then:
 * its end is waited for. Only under netavark's lock.
 */
export async function awaitLeavingResolver(runDir: string): Promise<void> {
  if (runningResolver(runDir) === undefined || hasNames(runDir)) return;
  for (const limit = Date.now() + maxLeavingMillis; Date.now() < limit && runningResolver(runDir) !== undefined;) await Bun.sleep(pauseMillis);
}

/** netavark signals whatever process has the number in the file: after a reboot or a crash that is anybody's. Only under netavark's lock. */
export function forgetDeadResolver(runDir: string): void {
  if (runningResolver(runDir) === undefined) rmSync(pidFile(runDir), { force: true });
}

/** netavark's chains, either driver's; the one that is used is not to be told from outside. True where nobody can look. */
function hasRules(networks: readonly Network[]): boolean {
  try {
    if (chainMentions("inet", "netavark", "POSTROUTING", "nv_")) return true;
    if (usesLegacyTables()) return true;
    const family = networks.some(({ subnets = [] }) => subnets.some(({ subnet }) => !subnet.includes(":"))) ? "ip" : "ip6";
    return chainMentions(family, "nat", "POSTROUTING", "NETAVARK-") && chainMentions(family, "filter", "FORWARD", "NETAVARK_FORWARD");
  } catch { return true; }
}

/** iptables-legacy's tables are not nftables'. */
function usesLegacyTables(): boolean {
  try { return readFileSync("/proc/self/net/ip_tables_names", "utf8").includes("nat"); } catch { return false; }
}
