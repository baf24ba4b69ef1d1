import { chmodSync, chownSync, closeSync, constants, fstatSync, openSync, readdirSync } from "node:fs";
import { EngineError, isErrno } from "../base/errors.ts";
import { openFlags, openInRoot } from "../sys/index.ts";

/** `copied`: the image had something there. `owner`: what the volume's directory belongs to now; absent when it was left alone. */
export interface CopiedUp { readonly copied: boolean; readonly owner?: { readonly uid: number; readonly gid: number } }

/**
 * Fills an empty volume with what the container's root has at its place, and gives it that directory's owner and mode. The path
 * is resolved inside of the root. Nothing happens when there is no directory, or when the volume has content.
 * undefined without a directory.
 */
export async function copyUp(rootfs: string, destination: string, volume: string): Promise<CopiedUp | undefined> {
  const root = openSync(rootfs, constants.O_DIRECTORY | constants.O_RDONLY);
  try {
    const source = openInRoot(root, destination.replace(/^\/+/, "") || ".", openFlags.rdonly | openFlags.directory);
    try { return await copyFrom(source, volume); } finally { closeSync(source); }
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  } finally { closeSync(root); }
}

async function copyFrom(source: number, volume: string): Promise<CopiedUp> {
  const { uid, gid, mode } = fstatSync(source);
  if (readdirSync(volume).length > 0) return { copied: false };
  const copied = readdirSync(`/proc/self/fd/${source}`).length > 0;
  if (copied) await copyTree(source, volume);
  chownSync(volume, uid, gid);
  chmodSync(volume, mode & 0o7777);
  return { copied, owner: { uid, gid } };
}

/** cp(1) keeps what Node's copy does not: owners, links, devices, extended attributes, holes. */
async function copyTree(source: number, volume: string): Promise<void> {
  const child = Bun.spawn(["cp", "-a", "/proc/self/fd/3/.", volume], { stdio: ["ignore", "ignore", "pipe", source] });
  const [message, status] = await Promise.all([new Response(child.stderr as unknown as ReadableStream).text(), child.exited]);
  if (status !== 0) throw new EngineError("internal", `copying into volume "${volume}": ${message.trim()}`);
}
