/** Waiting for a file to appear. */
import { watch } from "node:fs";
import { inotify } from "./abi.ts";
import { c, check, cstring, ptr } from "./libc.ts";
import { openPacketSocket } from "./socket.ts";

export interface DirectoryWatch {
  /** Resolves at the first change after the watch was made, or when it is closed. */
  readonly changed: Promise<void>;
  /** Any number of times. */
  close(): void;
}

/**
 * Watches a directory for one change: a file made, renamed into it or written. Not `fs.watch`, which starts a thread (4 ms); that
 * is used where a user may have no more inotify instances. @throws SysError ENOENT
 */
export async function watchOnce(directory: string): Promise<DirectoryWatch> {
  const { promise: changed, resolve } = Promise.withResolvers<void>();
  const fd = Number(c.inotify_init1(inotify.cloexec | inotify.nonblock));
  if (fd === -1) {
    const watcher = watch(directory, () => { resolve(); });
    return { changed, close: () => { watcher.close(); resolve(); } };
  }
  try { check(c.inotify_add_watch(fd, ptr(cstring(directory)), inotify.movedTo | inotify.create | inotify.closeWrite), "inotify_add_watch", directory); } catch (error) {
    c.close(fd);
    throw error;
  }
  // As with a pidfd (process.ts): the event loop's attempt to read ends the "connection" once there is something.
  const socket = await openPacketSocket(fd, { onPacket: () => { resolve(); }, onClose: resolve });
  return { changed, close: () => { socket.close(); } };
}
