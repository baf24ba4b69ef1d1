/** Option `U` of a volume: gives a directory tree to the container's user, never through a link. */
import { closeSync, constants, lstatSync, lchownSync, openSync, readdirSync, realpathSync } from "node:fs";
import { at, chownAt, openAt, close, openFlags } from "../../sys/index.ts";
import { EngineError, isErrno } from "../../base/errors.ts";

/** Directories of the system, which a mistyped volume must not take away from it. */
const systemPaths = new Set([
  "/", "/bin", "/boot", "/dev", "/etc", "/etc/passwd", "/etc/pki", "/etc/shadow", "/home", "/lib", "/lib64", "/media", "/opt", "/proc", "/root", "/run", "/sbin", "/srv",
  "/sys", "/tmp", "/usr", "/var", "/var/lib", "/var/log",
]);

/** `chownTree` for what a user may give away; on a later start (`again`) only when the directory itself has another owner. @throws EngineError permission-denied with Podman's sentence */
export function giveAway(path: string, uid: number, gid: number, again: boolean): void {
  const real = realpathSync(path);
  const info = lstatSync(real);
  if (again && info.uid === uid && info.gid === gid) return;
  if (systemPaths.has(real) || real === process.env["HOME"]) {
    throw new EngineError("permission-denied", `chowning host path "${path}" is not allowed. You can manually \`chown -R ${uid}:${gid} ${path}\``);
  }
  chownTree(path, uid, gid);
}

/** Idempotent; entries that vanish meanwhile are left out. */
export function chownTree(path: string, uid: number, gid: number): void {
  const info = lstatSync(path);
  if (!info.isDirectory()) { lchownSync(path, uid, gid); return; }
  const fd = openSync(path, constants.O_DIRECTORY | constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    chownAt(fd, "", uid, gid, at.emptyPath);
    chownEntries(fd, uid, gid);
  } finally { closeSync(fd); }
}

function chownEntries(directory: number, uid: number, gid: number): void {
  for (const entry of readdirSync(`/proc/self/fd/${directory}`, { withFileTypes: true })) {
    try {
      chownAt(directory, entry.name, uid, gid);
      if (!entry.isDirectory()) continue;
      const child = openAt(directory, entry.name, openFlags.directory | openFlags.rdonly | openFlags.nofollow);
      try { chownEntries(child, uid, gid); } finally { close(child); }
    } catch (error) {
      if (!isErrno(error, "ENOENT", "ELOOP", "ENOTDIR")) throw error;
    }
  }
}
