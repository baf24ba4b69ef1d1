/** What a test may not leave behind: mounts, namespaces, processes, devices and packet rules. */
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { isolatedVariable } from "./isolate.ts";

export interface Snapshot {
  readonly mounts: readonly string[];
  readonly namespaces: readonly string[];
  readonly processes: readonly string[];
  readonly devices: readonly string[];
  readonly rules: readonly string[];
}

/**
 * State that belongs to `dir`; in an isolated run everything, since nobody else is there.
 * Mounts and processes are told by the directory in their path, arguments or environment.
 */
export function takeSnapshot(dir: string): Snapshot {
  const alone = process.env[isolatedVariable] === "1";
  return {
    mounts: readFileSync("/proc/self/mountinfo", "utf8").split("\n").filter((line) => (line.includes(dir) && !isStoreMount(line, dir)) || (alone && line.includes("/netns/"))),
    namespaces: alone ? list("/run/netns") : [],
    processes: processesOf(dir),
    devices: alone ? interfaces() : [],
    rules: alone ? packetRules() : [],
  };
}

/** Lines that `after` has and `before` has not, each with its kind. */
export function findLeaks(before: Snapshot, after: Snapshot): string[] {
  return (Object.keys(after) as (keyof Snapshot)[]).flatMap((kind) => after[kind].filter((item) => !before[kind].includes(item)).map((item) => `${kind}: ${item}`));
}

/** containers/storage binds its driver's folder onto itself, so that mounts below it stay private; Podman leaves that too. */
function isStoreMount(line: string, dir: string): boolean {
  return /^\/[^/]+\/overlay$/.test((line.split(" ")[4] ?? "").slice(dir.length));
}

function list(folder: string): string[] { return existsSync(folder) ? readdirSync(folder) : []; }

function interfaces(): string[] {
  return readFileSync("/proc/self/net/dev", "utf8").split("\n").slice(2).map((line) => line.split(":")[0]?.trim() ?? "").filter((name) => name !== "");
}

function processesOf(dir: string): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    const text = read(join("/proc", pid, "cmdline")).replaceAll("\0", " ");
    const mentions = text.includes(dir) || read(join("/proc", pid, "environ")).includes(dir) || link(join("/proc", pid, "cwd")).startsWith(dir) || link(join("/proc", pid, "root")).startsWith(dir);
    return mentions ? [`${pid} ${text}`] : [];
  });
}

/**
 * Rules that belong to a container or a network: chains named by a hash, addresses, ids. The chains that netavark makes once per
 * host and keeps are no leak.
 */
const owned = /NETAVARK-(?:DN-)?[0-9A-F]{8,}|\bnv_[0-9a-f]{6,}|\b10\.\d+\.\d+|\bfd[0-9a-f]{2}:|\bdnat to\b|[0-9a-f]{64}/;
function packetRules(): string[] {
  const result = Bun.spawnSync(["nft", "list", "ruleset"], { stdout: "pipe", stderr: "ignore" });
  return result.stdout.toString().split("\n").map((line) => line.replaceAll(/counter packets \d+ bytes \d+/g, "counter").trim()).filter((line) => owned.test(line));
}

function read(path: string): string { try { return readFileSync(path, "utf8"); } catch { return ""; } }
function link(path: string): string { try { return readlinkSync(path); } catch { return ""; } }

/** Mount points below `dir`, deepest first. */
export function mountsBelow(dir: string): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8").split("\n").map((line) => line.split(" ")[4] ?? "").filter((path) => path.startsWith(dir)).toReversed();
}
