import { closeSync, constants, openSync, readdirSync } from "node:fs";
import { EngineError, isErrno } from "../base/errors.ts";
import { readStart } from "../formats/stream.ts";
import { openFlags, openInRoot } from "../sys/index.ts";

/** cp tells one line per file that it cannot copy. */
const maxMessageBytes = 64 * 1024;

/**
 * Calls `use` with a descriptor of the directory at a container's path. The path is resolved inside of the root. undefined when
 * there is no directory.
 */
export async function withPlace<T>(rootfs: string, destination: string, use: (fd: number) => Promise<T>): Promise<T | undefined> {
  const root = openSync(rootfs, constants.O_DIRECTORY | constants.O_RDONLY);
  try {
    const place = openInRoot(root, destination.replace(/^\/+/, "") || ".", openFlags.rdonly | openFlags.directory);
    try { return await use(place); } finally { closeSync(place); }
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  } finally { closeSync(root); }
}

export const isEmpty = (directory: string): boolean => readdirSync(directory).length === 0;

/** Copies what is in the open directory. cp(1) keeps what Node's copy does not: owners, links, devices, extended attributes, holes. */
export async function copyTree(source: number, directory: string): Promise<void> {
  const child = Bun.spawn(["cp", "-a", "/proc/self/fd/3/.", directory], { stdio: ["ignore", "ignore", "pipe", source] });
  const [message, status] = await Promise.all([readStart(child.stderr, maxMessageBytes), child.exited]);
  if (status !== 0) throw new EngineError("internal", `copying into volume "${directory}": ${message.trim()}`);
}
