/** Volumes of the local driver with a type or device: mount(8) with the volume's options on its directory. */
import { readFileSync } from "node:fs";
import { EngineError, isErrno } from "../base/errors.ts";
import { unmount, umountFlags } from "../sys/index.ts";
import type { VolumeRecord } from "../state/volume-record.ts";

/** mount(8) says a line or two. */
const maxMessageBytes = 64 * 1024;

/** mount(8) rather than mount(2): it knows helpers (nfs, cifs), loop devices and labels. @throws failed-precondition with its message */
export async function mountVolume({ options, mountpoint }: VolumeRecord): Promise<void> {
  const byName = Object.fromEntries(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]));
  const { o = "", type = "", device = "" } = byName;
  // "bind" is no file system but a way of mounting.
  const isBind = type === "bind";
  const flags = [...(o === "" ? [] : o.split(",")), ...(isBind && !/(^|,)r?bind(,|$)/.test(o) ? ["bind"] : [])].join(",");
  const argv = ["mount", ...(flags === "" ? [] : ["-o", flags]), ...(type === "" || isBind ? [] : ["-t", type]), ...(device === "" ? [type === "" ? "none" : type] : [device]), mountpoint];
  const child = Bun.spawn(argv, { stdin: "ignore", stdout: "ignore", stderr: "pipe", maxBuffer: maxMessageBytes });
  const [message, status] = await Promise.all([child.stderr.text(), child.exited]);
  if (status !== 0) throw new EngineError("failed-precondition", message.trim() || `mount: exit status ${status}`);
}

/** Idempotent. */
export function unmountVolume({ mountpoint }: VolumeRecord): void {
  try { unmount(mountpoint, umountFlags.detach); } catch (error) { if (!isErrno(error, "EINVAL", "ENOENT")) throw error; }
}

/** A line of mountinfo(5) has the mount point as its fifth word, with octal escapes for blanks. */
export function isMounted(path: string): boolean {
  const escaped = path.replace(/[\t\n \\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);
  return readFileSync("/proc/self/mountinfo", "utf8").split("\n").some((line) => line.split(" ")[4] === escaped);
}
