/**
 * Calls of netavark (netavark(1)): JSON on standard input, JSON on standard output, `{"error": …}` on failure. Versions 1.4 to
 * 2.x take the same call; options younger than 1.4 are passed only where a network needs them.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { EngineError, within } from "../base/errors.ts";
import { memoryFile, type HeldLock } from "../sys/index.ts";
import { isPluginDriver } from "./features.ts";
import { awaitLeavingResolver, forgetDeadResolver } from "./health.ts";
import { findHelper } from "./helper-binary.ts";
import { lockNetavark, withRunning } from "./netavark-lock.ts";
import type { RootlessNetns } from "./rootless-netns.ts";
import type { Network, NetworkStatus } from "./types.ts";

export interface NetavarkCall {
  readonly program: string;
  /** undefined: name service is off. */
  readonly aardvark: string | undefined;
  /** netavark's own files: firewall state, aardvark's configuration. */
  readonly runDir: string;
  readonly rootless: boolean;
  readonly pluginDirs: readonly string[];
  readonly lockPath: string;
  readonly dnsPort: number;
  readonly firewall: string | undefined;
  /** Where a user's bridges live; root's are in the host's namespace. */
  readonly inside: RootlessNetns | undefined;
}
export interface NetavarkNetworkOptions {
  readonly static_ips?: readonly string[];
  readonly aliases?: readonly string[];
  readonly static_mac?: string;
  readonly interface_name: string;
  readonly options?: Readonly<Record<string, string>>;
}
export interface NetavarkPort { readonly host_ip: string; readonly container_port: number; readonly host_port: number; readonly range: number; readonly protocol: string }
export interface NetavarkInput {
  readonly container_id: string;
  readonly container_name: string;
  readonly port_mappings?: readonly NetavarkPort[];
  readonly networks: Readonly<Record<string, NetavarkNetworkOptions>>;
  readonly dns_servers?: readonly string[];
  readonly container_hostname: string;
  readonly network_info: Readonly<Record<string, Network>>;
}

/** netavark answers a few kilobytes; more is not an answer. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** @throws unavailable with netavark's own words; the namespace may be half set up, so tear it down */
export async function setUp(call: NetavarkCall, netnsPath: string, input: NetavarkInput): Promise<Readonly<Record<string, NetworkStatus>>> {
  const answer = await run(call, ["setup", netnsPath], input, Object.keys(input.networks).length);
  return Object.fromEntries(Object.entries(parseAnswer(answer) as Readonly<Record<string, NetworkStatus>>).map(([name, status]) => [name, inGoOrder(status)]));
}

/** Podman shows these fields in this order, and scripts compare the text. */
function inGoOrder({ interfaces, ...rest }: NetworkStatus): NetworkStatus {
  const ordered = Object.entries(interfaces ?? {}).map(([device, { mac_address, subnets = [] }]) =>
    [device, { subnets: subnets.map(({ ipnet, gateway }) => ({ ipnet, ...(gateway === undefined ? {} : { gateway }) })), mac_address }] as const);
  return { interfaces: Object.fromEntries(ordered), ...rest };
}

/** `isCounted`: a set-up succeeded before. */
export async function tearDown(call: NetavarkCall, netnsPath: string, input: NetavarkInput, isCounted = true): Promise<void> {
  await run(call, ["teardown", netnsPath], input, isCounted ? -Object.keys(input.networks).length : 0);
}

/**
 * Starts a teardown that goes on without us, and returns as soon as it owns all it needs: the lock (whoever connects next waits
 * for its end), the namespace (which may be unpinned at once) and its input. Deleting network devices makes the kernel wait
 * for 20 to 200 ms; nobody has to look on. What fails is not told.
 */
export async function tearDownBehind(call: NetavarkCall, netnsPath: string, input: NetavarkInput): Promise<void> {
  const lock = await lockNetavark(call.lockPath);
  const fds: number[] = [];
  try {
    if (!startsNoServer(input)) forgetDeadResolver(call.runDir);
    const netns = openSync(netnsPath, "r");
    fds.push(netns);
    const text = memoryFile("netavark-input");
    fds.push(text);
    writeSync(text, JSON.stringify(input), 0);
    // The lock belongs to the open file, so the child's copy of the descriptor keeps it until the child ends.
    const child = Bun.spawn([...commandOf(call, input), "teardown", "/proc/self/fd/4"], {
      stdio: [text, "ignore", "ignore", lock.fd, netns] as never, env: environmentOf(call), detached: true,
    });
    child.unref();
  } finally {
    for (const fd of fds) closeSync(fd);
    lock.release();
  }
}

/** Gives a running aardvark-dns new upstream servers for one network. */
export async function updateDnsServers(call: NetavarkCall, network: string, servers: readonly string[]): Promise<void> {
  await run(call, ["update", network, "--network-dns-servers", servers.join(",")], null, undefined);
}

/** `netavark firewall-reload`: all rules anew from the state that it keeps. @throws unavailable with netavark's own words */
export async function reloadFirewall(call: NetavarkCall): Promise<void> {
  await run(call, ["firewall-reload"], null, undefined);
}

function commandOf(call: NetavarkCall, input: NetavarkInput | null): string[] {
  const plugins = needsPlugin(input) ? call.pluginDirs.flatMap((directory) => ["--plugin-directory", directory]) : [];
  return [call.program, "--config", call.runDir, `--rootless=${call.rootless}`, `--aardvark-binary=${call.aardvark ?? ""}`, ...plugins];
}
const needsPlugin = (input: NetavarkInput | null): boolean => Object.values(input?.network_info ?? {}).some(({ driver }) => isPluginDriver(driver));

export function environmentOf(call: NetavarkCall): Record<string, string> {
  const path = process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin";
  return {
    // Debian's users have no /usr/sbin in PATH, where nft and iptables are.
    PATH: path.includes("/usr/sbin") ? path : `${path}:/usr/sbin:/sbin`,
    RUST_LOG: "netavark=warn",
    ...passThrough("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "HOME", "LANG"),
    // Neither /run nor the system's bus is for a user: no lock file of iptables there, no firewalld.
    ...(call.inside === undefined ? {} : { XTABLES_LOCKFILE: `${call.runDir}/xtables.lock`, DBUS_SYSTEM_BUS_ADDRESS: "unix:path=/nonexistent" }),
    ...(call.dnsPort === 0 ? {} : { NETAVARK_DNS_PORT: String(call.dnsPort) }),
    ...(call.firewall === undefined || call.firewall === "" ? {} : { NETAVARK_FW: call.firewall }),
  };
}
const passThrough = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => { const value = process.env[name]; return value === undefined ? [] : [[name, value]]; }));

/**
 * netavark reads the firewall's present rules and then adds its own, so two at once may both make (or remove) a shared chain:
 * one at a time on the machine, under the lock file that Podman takes for the same reason.
 */
async function run(call: NetavarkCall, args: readonly string[], input: NetavarkInput | null, networks: number | undefined): Promise<string> {
  using lock = await lockNetavark(call.lockPath);
  if (!startsNoServer(input)) {
    if (args[0] === "setup") await awaitLeavingResolver(call.runDir);
    forgetDeadResolver(call.runDir);
  }
  // Awaited here, or the lock would be given back at once.
  if (call.inside === undefined) return await execute([...commandOf(call, input), ...args], call, input, lock, startsNoServer(input));
  const prefix = await call.inside.enter();
  let change = networks === undefined || networks > 0 ? 0 : networks;
  try {
    const answer = await execute([...prefix, ...commandOf(call, input), ...args], call, upstream(input, call.inside), lock, false);
    change = networks ?? 0;
    return answer;
  } finally { if (networks !== undefined) call.inside.count(change); }
}

/** aardvark-dns would ask the host's servers, which may be on the host's loopback; pasta's forwarder is what can be reached. */
function upstream(input: NetavarkInput | null, inside: RootlessNetns): NetavarkInput | null {
  const isGiven = input === null || (input.dns_servers ?? []).length > 0 || Object.values(input.network_info).some(({ network_dns_servers }) => (network_dns_servers ?? []).length > 0);
  const servers = inside.info()?.dnsForward ?? [];
  return isGiven || servers.length === 0 ? input : { ...input, dns_servers: servers };
}

/** False when netavark may start aardvark-dns, which would inherit its descriptors and live on. */
const startsNoServer = (input: NetavarkInput | null): boolean => input !== null && Object.values(input.network_info).every(({ dns_enabled }) => dns_enabled !== true);

/** `handsOver`: the program holds the lock until it ends, so that the next one need not wait until this process is scheduled again. */
async function execute(argv: readonly string[], call: NetavarkCall, input: NetavarkInput | null, lock: HeldLock, handsOver: boolean): Promise<string> {
  // Its log goes where ours goes, as Podman does; aardvark-dns may inherit it and live on, so a pipe might never end.
  const child = Bun.spawn([...argv], {
    stdio: [input === null ? "ignore" : new TextEncoder().encode(JSON.stringify(input)), "pipe", "inherit", ...(handsOver ? [lock.fd] : [])],
    env: environmentOf(call), maxBuffer: maxAnswerBytes,
  });
  const finish = async (): Promise<[string, number]> => Promise.all([new Response(child.stdout).text(), child.exited]);
  if (handsOver) lock.release();
  const [answer, status] = handsOver ? await finish() : await withRunning(lock, child.pid, finish);
  if (status === 0) return answer;
  throw failure(answer, status);
}

function failure(answer: string, status: number): EngineError {
  return new EngineError("unavailable", `netavark: ${answerError(answer, status)}`, firewallHint());
}

/** What netavark, or one of its plugins, says of its failure. */
export function answerError(answer: string, status: number): string {
  return errorField(answer) ?? (answer.trim() === "" ? `exit status ${status}` : answer.trim());
}

function errorField(answer: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(answer);
    if (typeof parsed === "object" && parsed !== null && "error" in parsed && typeof parsed.error === "string") return parsed.error;
  } catch { /* not JSON: shown as it is */ }
  return undefined;
}

/** The usual failure on small systems is that there is no firewall program; netavark's own words do not say what to install. */
function firewallHint(): { readonly reason?: "program-missing"; readonly hint?: string } {
  const directories = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];
  if (findHelper("nft", directories, process.env["PATH"]) !== undefined || findHelper("iptables", directories, process.env["PATH"]) !== undefined) return {};
  return { reason: "program-missing", hint: 'netavark needs nft or iptables: install the package "nftables" or "iptables"' };
}

function parseAnswer(answer: string): unknown {
  try { return JSON.parse(answer); } catch (error) { throw within("netavark: failed to decode result", error); }
}
