/**
 * User-mode networking by slirp4netns(1): a TAP device in the namespace, and a process that speaks to the host for it. It lives as
 * long as somebody holds the writing end of its exit pipe: the container's monitor.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { PortPublish } from "../contract/types/container-create.ts";
import { formatIp, offsetIp, parseCidr } from "../formats/ip.ts";
import { openPacketSocket, packetSocketPair } from "../sys/index.ts";
import { toNetavarkPorts } from "./connect.ts";
import type { UserModeNetwork } from "./pasta.ts";
import { parseSlirpOptions, slirpArguments, type SlirpOptions } from "./slirp-options.ts";

export interface SlirpRequest {
  readonly program: string;
  readonly netnsPath: string;
  /** Reading end: when nobody holds the other one any more, the process ends. */
  readonly exitFd: number;
  readonly ports: readonly PortPublish[];
  /** Of containers.conf, then of the command line: `name=value`. */
  readonly options: readonly string[];
}

/** `forwardsPorts`: the ports lead inside already; else the caller forwards them to the first address. */
export interface SlirpResult extends UserModeNetwork { readonly forwardsPorts: boolean }

/** @throws invalid-argument for a wrong option, unavailable with the program's own words */
export async function startSlirp(request: SlirpRequest): Promise<SlirpResult> {
  const options = parseSlirpOptions(request.options);
  const scratch = mkdtempSync(join(tmpdir(), "slirp-"));
  try {
    const forwardsPorts = options.portHandler === "slirp4netns";
    const socket = forwardsPorts && request.ports.length > 0 ? join(scratch, "api.sock") : undefined;
    const args = [...slirpArguments(options, await helpOf(request.program)), "-c", "-r", "3", "-e", "4", ...(socket === undefined ? [] : ["--api-socket", socket]), "--netns-type=path", request.netnsPath, "tap0"];
    await run(request, args, join(scratch, "log"));
    if (socket !== undefined) for (const port of request.ports.flatMap(toNetavarkPorts)) await forward(socket, port);
    return { ...addressesOf(options), forwardsPorts };
  } finally { rmSync(scratch, { recursive: true, force: true }); }
}

const maxHelpBytes = 64 * 1024;
async function helpOf(program: string): Promise<string> {
  const child = Bun.spawn([program, "--help"], { stdin: "ignore", stdout: "pipe", stderr: "ignore", maxBuffer: maxHelpBytes });
  return (await Promise.all([child.stdout.text(), child.exited]))[0];
}

/** Until it says that the device is there. */
async function run({ program, exitFd }: SlirpRequest, args: readonly string[], logPath: string): Promise<void> {
  const { ours, theirs } = packetSocketPair();
  const ready = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<void>();
  const socket = await openPacketSocket(ours, { onPacket: () => { ready.resolve(); }, onClose: () => { failed.resolve(); } });
  const log = openSync(logPath, "w+", 0o600);
  try {
    // Its sandbox takes mounts away, and where mounts are shared it would take away everybody's.
    const child = Bun.spawn(["unshare", "--mount", "--propagation", "slave", "--", program, ...args], { stdio: ["ignore", log, log, theirs, exitFd] as never, detached: true, cwd: "/" });
    closeSync(theirs);
    child.unref();
    const outcome = await Promise.race([ready.promise.then(() => "ready"), failed.promise, child.exited]);
    if (outcome !== "ready") throw new EngineError("unavailable", `slirp4netns failed: ${readStart(log)}`.trimEnd());
  } finally {
    closeSync(log);
    socket.close();
  }
}

const maxLogBytes = 16 * 1024;
function readStart(fd: number): string {
  const buffer = Buffer.alloc(maxLogBytes);
  return buffer.toString("utf8", 0, readSync(fd, buffer, 0, maxLogBytes, 0));
}

/** 10.0.2.100 of the default network: what the program gives its device, and where it answers for DNS. */
function addressesOf({ cidr = "10.0.2.0/24", ipv6, hostLoopback }: SlirpOptions): UserModeNetwork {
  const base = parseCidr(cidr)?.base;
  const at = (offset: bigint): string => (base === undefined ? "" : formatIp(offsetIp(base, offset)));
  return { addresses: [at(100n)], ipv6, dnsForward: [at(3n)], mapGuest: hostLoopback ? [at(2n)] : [] };
}

interface Forward { readonly host_ip: string; readonly host_port: number; readonly container_port: number; readonly range: number; readonly protocol: string }

/** The program's own handler keeps the client's address. @throws conflict/port-in-use */
async function forward(socket: string, { host_ip, host_port, container_port, range, protocol }: Forward): Promise<void> {
  if (protocol !== "tcp" && protocol !== "udp") throw new EngineError("invalid-argument", `can't forward protocol: ${protocol}`);
  for (let offset = 0; offset < range; offset++) {
    const answer = await ask(socket, { execute: "add_hostfwd", arguments: { proto: protocol, host_addr: host_ip === "" ? "0.0.0.0" : host_ip, host_port: host_port + offset, guest_port: container_port + offset } });
    if (!answer.includes('"error"')) continue;
    throw new EngineError("conflict", `cannot expose port ${host_port + offset}/${protocol} by slirp4netns: ${answer.trim()}`, { reason: "port-in-use" });
  }
}

const maxAnswerBytes = 4096;
async function ask(path: string, request: object): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const client = connect({ path, allowHalfOpen: true }, () => { client.end(JSON.stringify(request)); });
    client.setEncoding("utf8");
    client.on("data", (chunk: string) => { answer += chunk; if (answer.length > maxAnswerBytes) client.destroy(); });
    client.on("close", () => { resolve(answer); });
    client.on("error", reject);
  });
}
