import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { EngineError, isErrno } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { top as operation, TopReport } from "../contract/container/top.ts";
import type { IdMap } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import { ownMaps } from "../config/userns/maps.ts";
import { openFlags, openInRoot } from "../sys/index.ts";
import { observe } from "./observe.ts";
import { processesOf } from "./processes.ts";
import type { ContainerRecord } from "./record.ts";
import { defaultColumns, topCodes, topColumns, type TopFacts } from "./top-columns.ts";

/** A passwd file is small; a container's may be hostile. */
const maxFileBytes = 1024 * 1024;

/**
 * Known descriptors are read from /proc; anything else is taken for arguments of the host's ps(1), run in the container's pid
 * namespace. @throws conflict/container-not-running, invalid-argument with ps(1)'s message
 */
export async function top(context: EngineContext, { ref, descriptors = [] }: InputOf<typeof operation.input>): Promise<TopReport> {
  const { record } = observe(context, context.containers().resolve(ref));
  if (record.state.status !== "running" || record.state.pid === undefined) throw new EngineError("conflict", "top can only be used on running containers", { reason: "container-not-running" });
  const words = descriptors.flatMap((word) => word.split(",")).map((word) => word.trim()).filter((word) => word !== "");
  const columns = (words.length === 0 ? defaultColumns : words).map((word) => topColumns[topCodes[word] ?? word]);
  const known = columns.filter((column) => column !== undefined);
  if (known.length < columns.length) return hostPs(record.state.pid, descriptors);
  const facts = factsOf(record, record.state.pid);
  return { Titles: known.map(({ header }) => header), Processes: facts.processes.map((process) => known.map(({ value }) => value(process, facts))) };
}

function factsOf({ config, state }: ContainerRecord, pid: number): TopFacts {
  const root = state.mountPoint ?? config.create.rootfs?.path ?? "/";
  const names = (file: string): ReadonlyMap<number, string> => parseNames(readInRoot(root, file));
  return {
    processes: processesOf(pid), users: names("etc/passwd"), groups: names("etc/group"), hostUsers: parseNames(readHost("/etc/passwd")), hostGroups: parseNames(readHost("/etc/group")),
    toInnerUid: (id) => toInner(id, config.uidMaps), toInnerGid: (id) => toInner(id, config.gidMaps), ...hostIds(), uptimeSeconds: Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]),
  };
}

function hostIds(): Pick<TopFacts, "toHostUid" | "toHostGid"> {
  const { uidMaps, gidMaps } = ownMaps();
  const toHost = (maps: readonly IdMap[]) => (id: number): number => {
    const map = maps.find(({ containerId, size }) => id >= containerId && id < containerId + size);
    return map === undefined ? id : map.hostId + id - map.containerId;
  };
  return { toHostUid: toHost(uidMaps), toHostGid: toHost(gidMaps) };
}

function toInner(id: number, maps: readonly IdMap[]): number {
  const map = maps.find(({ hostId, size }) => id >= hostId && id < hostId + size);
  return map === undefined ? id : map.containerId + id - map.hostId;
}

const readHost = (path: string): string => { try { return readFileSync(path, "utf8"); } catch { return ""; } };

function readInRoot(root: string, path: string): string {
  let rootFd = -1;
  let fd = -1;
  try {
    rootFd = openSync(root, constants.O_DIRECTORY | constants.O_RDONLY);
    fd = openInRoot(rootFd, path, openFlags.rdonly | openFlags.nonblock);
    return readFileSync(fd, "utf8").slice(0, maxFileBytes);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return "";
    throw error;
  } finally { for (const one of [fd, rootFd]) if (one !== -1) closeSync(one); }
}

/** `name:x:id:` lines. */
function parseNames(text: string): ReadonlyMap<number, string> {
  return new Map(text.split("\n").map((line) => line.split(":")).filter((parts) => parts.length > 2).toReversed().map(([name = "", , id]) => [Number(id), name]));
}

/** A table of a hundred thousand processes; a container may name its processes at any length. */
const maxTableBytes = 16 * 1024 * 1024;

/** The namespace is entered before ps(1) starts, with a /proc of its own for it. */
async function hostPs(pid: number, args: readonly string[]): Promise<TopReport> {
  const words = args.length === 1 ? (args[0] ?? "").split(/\s+/).filter((word) => word !== "") : args;
  const child = Bun.spawn(["nsenter", "--target", String(pid), "--pid", "unshare", "--mount", "--mount-proc", "ps", ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe", maxBuffer: maxTableBytes });
  const [output, message, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (status !== 0) throw new EngineError("invalid-argument", `ps(1) failed with exit code ${status}: ${message.trim()}`);
  const [header = "", ...lines] = output.trimEnd().split("\n");
  const titles = header.trim().split(/\s+/);
  // The last column may hold blanks. ps(1) shows itself too; it is not the container's.
  const rows = lines.map((line) => splitColumns(line, titles.length)).filter((row) => row.at(-1) !== ["ps", ...words].join(" "));
  return { Titles: titles, Processes: rows };
}

function splitColumns(line: string, count: number): readonly string[] {
  const words = line.trim().split(/\s+/);
  return words.length <= count ? words : [...words.slice(0, count - 1), words.slice(count - 1).join(" ")];
}
