/**
 * User-mode networking by pasta(1): it copies the host's addresses into the namespace and forwards connections. It goes into
 * the background when the namespace is ready and ends by itself when the namespace's path is removed.
 */
import { spawnSync } from "node:child_process";
import type { PortPublish } from "../contract/types/container-create.ts";
import { EngineError } from "../base/errors.ts";
import { formatIp, ipFromBytes, parseIp } from "../formats/ip.ts";
import { toNetavarkPorts } from "./connect.ts";

export interface PastaRequest {
  readonly program: string;
  readonly netnsPath: string;
  readonly ports: readonly PortPublish[];
  /** Options of containers.conf, then of the command line; `--map-gw` is Podman's own: leave the gateway mapped. */
  readonly options: readonly string[];
}
/** What the container's files need to know of a network without privileges. */
export interface UserModeNetwork {
  readonly addresses: readonly string[];
  readonly ipv6: boolean;
  /** Name servers inside that the program answers for. */
  readonly dnsForward: readonly string[];
  /** Address inside that leads to the host's loopback. */
  readonly mapGuest: readonly string[];
}

const dnsForwardAddress = "169.254.1.1";
const mapGuestAddress = "169.254.1.2";

/** @throws unavailable with pasta's own words */
export async function startPasta(request: PastaRequest): Promise<UserModeNetwork> {
  const args = pastaArguments(request);
  const ownMap = valuesOf(args, "--map-guest-addr");
  const extra = ownMap.length > 0 ? [] : ["--map-guest-addr", mapGuestAddress];
  const first = await run(request.program, [...args, ...extra]);
  // Before 2024_08_14 pasta did not know this option and refused the whole line.
  const second = first === undefined || extra.length === 0 ? first : await run(request.program, args);
  if (second !== undefined) throw second;
  const mapped = ownMap.length > 0 ? ownMap : first === undefined ? [mapGuestAddress] : [];
  return describe(request.netnsPath, valuesOf(args, "--dns-forward"), mapped);
}

/** The argument list, without the part that old versions refuse. */
export function pastaArguments({ netnsPath, ports, options }: PastaRequest): string[] {
  const given = ["--config-net", ...options.filter((option) => option !== "--map-gw")];
  const forwards = ports.flatMap(toNetavarkPorts).flatMap(({ host_ip, host_port, container_port, range, protocol }) => {
    if (protocol !== "tcp" && protocol !== "udp") throw new EngineError("invalid-argument", `can't forward protocol: ${protocol}`);
    return [protocol === "tcp" ? "-t" : "-u", `${host_ip === "" ? "" : `${host_ip}/`}${host_port}-${host_port + range - 1}:${container_port}-${container_port + range - 1}`];
  });
  const all = [...given, ...forwards];
  const unless = (names: readonly string[], ...then: string[]): string[] => names.some((name) => all.includes(name)) ? [] : then;
  return [
    ...all, ...unless(["--dns-forward"], "--dns-forward", dnsForwardAddress),
    // Without these pasta would forward every port that is open on either side.
    ...unless(["-t", "--tcp-ports"], "-t", "none"), ...unless(["-u", "--udp-ports"], "-u", "none"),
    ...unless(["-T", "--tcp-ns"], "-T", "none"), ...unless(["-U", "--udp-ns"], "-U", "none"),
    ...(options.includes("--map-gw") ? [] : ["--no-map-gw"]), ...unless(["-d", "--debug", "--trace"], "--quiet"), "--netns", netnsPath,
  ];
}

const valuesOf = (args: readonly string[], option: string): string[] => args.flatMap((arg, index) => { const value = args[index + 1]; return arg === option && value !== undefined ? [value] : []; });

/** pasta says little; more is a defect of it. */
const maxOutputBytes = 64 * 1024;
async function run(program: string, args: readonly string[]): Promise<EngineError | undefined> {
  const child = Bun.spawn([program, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe", maxBuffer: maxOutputBytes });
  const [out, err, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return status === 0 ? undefined : new EngineError("unavailable", `pasta failed with exit code ${status}:\n${out}${err}`.trimEnd());
}

function describe(netnsPath: string, dnsForward: readonly string[], mapGuest: readonly string[]): UserModeNetwork {
  const addresses = addressesInside(netnsPath);
  const has = { 4: addresses.some((address) => !address.includes(":")), 6: addresses.some((address) => address.includes(":")) };
  const usable = (texts: readonly string[]): string[] => texts.filter((text) => has[parseIp(text)?.family ?? 4]);
  return { addresses, ipv6: has[6], dnsForward: usable(dnsForward), mapGuest: usable(mapGuest) };
}

/** Own addresses in a namespace, loopback and link-local ones left out (those need an interface's name to be of use). */
function addressesInside(netnsPath: string): string[] {
  const { stdout } = spawnSync("nsenter", [`--net=${netnsPath}`, "--", "cat", "/proc/self/net/fib_trie", "/proc/self/net/if_inet6"], { encoding: "utf8" });
  return parseOwnAddresses(stdout ?? "");
}

/** From /proc/net/fib_trie (an address line, then `/32 host LOCAL`) and /proc/net/if_inet6 (32 hex digits first). */
export function parseOwnAddresses(text: string): string[] {
  const lines = text.split("\n");
  const v4 = lines.flatMap((line, index) => {
    const address = /^[ |+]*[|+]-- ([0-9.]+)$/.exec(line)?.[1];
    return address !== undefined && (lines[index + 1] ?? "").includes("/32 host LOCAL") && !address.startsWith("127.") ? [address] : [];
  });
  const v6 = lines.flatMap((line) => {
    const digits = /^([0-9a-f]{32}) /.exec(line)?.[1];
    const ip = digits === undefined ? undefined : ipFromBytes(new Uint8Array(Buffer.from(digits, "hex")));
    return ip === undefined || digits?.startsWith("fe80") === true || ip.value === 1n ? [] : [formatIp(ip)];
  });
  return [...new Set([...v4, ...v6])];
}
