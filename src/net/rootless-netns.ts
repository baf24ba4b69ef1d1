/**
 * The network namespace in which a user's bridges live: one per user, made when the first container joins a network and taken
 * away with the last. pasta connects it to the host. Files and reference count are Podman's, in
 * `<run dir>/rootless-netns/`. Everything here happens under netavark's lock.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { filesystemMagic, isProcessAlive, kill, removeNetns, statFilesystem } from "../sys/index.ts";
import { needHelper } from "./helper-binary.ts";
import { makeNetns } from "./netns.ts";
import { startPasta, type UserModeNetwork } from "./pasta.ts";
import { resolvConfContent } from "./resolv-conf.ts";

export interface RootlessNetns {
  /** argv in front of a program that is to run inside; makes the namespace if it is not there. */
  enter(): Promise<readonly string[]>;
  /** Adds connected (or takes away parted) networks; without any the namespace goes. */
  count(change: number): void;
  /** What pasta gave; undefined while there is no namespace. */
  info(): UserModeNetwork | undefined;
}
export interface RootlessNetnsConfig { readonly runDir: string; readonly helperDirs: readonly string[]; readonly searchPath: string | undefined; readonly pastaOptions: readonly string[] }

/** info.json as Podman writes it. */
interface InfoFile { readonly IPAddresses?: readonly string[] | null; readonly DnsForwardIps?: readonly string[] | null; readonly MapGuestIps?: readonly string[] | null }

export function rootlessNetns(config: RootlessNetnsConfig): RootlessNetns {
  const directory = join(config.runDir, "rootless-netns");
  const path = join(directory, "rootless-netns");
  const pidFile = join(directory, "rootless-netns-conn.pid");
  return {
    enter: async () => {
      if (!isPinned(path) || !isAlive(pidFile)) await make(config, directory, path, pidFile);
      return ["nsenter", `--net=${path}`, "--"];
    },
    count: (change) => {
      const file = join(directory, "ref-count");
      // A count below zero means that a file was lost; containers that still run keep what they have.
      const count = Math.max(0, readNumber(file) + change);
      if (count === 0) { remove(directory, path, pidFile); return; }
      writeFileSync(file, String(count), { mode: 0o600 });
    },
    info: () => readInfo(join(directory, "info.json")),
  };
}

async function make(config: RootlessNetnsConfig, directory: string, path: string, pidFile: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const isKept = isPinned(path);
  if (!isKept) await makeNetns(path, { share: false });
  try {
    const program = needHelper("pasta", config.helperDirs, "program-missing", config.searchPath);
    const info = await startPasta({ program, netnsPath: path, ports: [], options: [...config.pastaOptions, "--pid", pidFile] });
    const content = resolvConfContent({ nameservers: [], searches: [], options: [], status: {}, forwarders: info.dnsForward, hasNetns: true, ipv6: info.ipv6 });
    writeFileSync(join(directory, "resolv.conf"), content);
    const file: InfoFile = { IPAddresses: info.addresses, DnsForwardIps: info.dnsForward, MapGuestIps: info.mapGuest };
    writeFileSync(join(directory, "info.json"), `${JSON.stringify(file)}\n`);
  } catch (error) {
    if (!isKept) removeNetns(path);
    throw error;
  }
}

function remove(directory: string, path: string, pidFile: string): void {
  const pid = readNumber(pidFile);
  try { if (pid > 1) kill(pid, 15); } catch { /* ended by itself */ }
  removeNetns(path);
  rmSync(directory, { recursive: true, force: true });
}

/** A file that a crash left unmounted is no namespace. */
function isPinned(path: string): boolean {
  try { return statFilesystem(path).magic === filesystemMagic["nsfs"]; } catch { return false; }
}
function isAlive(pidFile: string): boolean {
  const pid = readNumber(pidFile);
  return pid > 1 && isProcessAlive(pid);
}
function readNumber(file: string): number {
  try {
    const value = Number(readFileSync(file, "utf8").trim());
    return Number.isSafeInteger(value) ? value : 0;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return 0;
    throw error;
  }
}

function readInfo(file: string): UserModeNetwork | undefined {
  let info: InfoFile;
  try { info = JSON.parse(readFileSync(file, "utf8")) as InfoFile; } catch { return undefined; }
  const addresses = info.IPAddresses ?? [];
  return { addresses, ipv6: addresses.some((address) => address.includes(":")), dnsForward: info.DnsForwardIps ?? [], mapGuest: info.MapGuestIps ?? [] };
}
