/** Files of the host that a container gets a view of: the init program and the zone file of --tz. */
import { accessSync, constants, copyFileSync, mkdirSync, realpathSync } from "node:fs";
import { join, normalize } from "node:path";
import { EngineError, isErrno, messageOf } from "../../base/errors.ts";
import { close, openFlags, openInRoot, symlinkAt, unlinkAt } from "../../sys/index.ts";
import { statInRoot } from "./rootfs.ts";
import type { EngineConfig } from "../../config/types.ts";
import type { ContainerCreate } from "../../contract/types/container-create.ts";

/**
 * Host path of the init program for --init: the one named, else catatonit from the helper directories or the usual ones.
 * undefined without --init. @throws EngineError program-missing
 */
export function initBinaryOf({ init, initPath }: ContainerCreate, { containers, engine }: EngineConfig): string | undefined {
  if (!(init ?? containers.init)) return undefined;
  const named = initPath ?? containers.initPath;
  const candidates = named === undefined || named === "" ? [...engine.helperBinariesDir ?? [], "/usr/bin", "/usr/sbin", "/usr/local/bin"].map((directory) => join(directory, "catatonit")) : [named];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new EngineError("failed-precondition", `container-init binary not found on the host: stat ${candidates[0] ?? "catatonit"}: no such file or directory`, {
    reason: "program-missing", hint: 'install the package "catatonit", or name another program with --init-path',
  });
}

function isExecutable(path: string): boolean {
  try { accessSync(path, constants.X_OK); return true; } catch { return false; }
}

const zoneDirectory = "/usr/share/zoneinfo";

/**
 * Points /etc/localtime of a root that has the zone itself there, as its own programs would; false when it has not.
 * Idempotent.
 */
export function linkZone(rootFd: number, zone: string): boolean {
  const target = normalize(`/${zone}`);
  if (zone === "" || zone === "local" || statInRoot(rootFd, `${zoneDirectory}${target}`)?.isFile() !== true || statInRoot(rootFd, "/etc")?.isDirectory() !== true) return false;
  const etc = openInRoot(rootFd, "/etc", openFlags.directory | openFlags.rdonly);
  try {
    try { unlinkAt(etc, "localtime"); } catch (error) { if (!isErrno(error, "ENOENT")) throw error; }
    symlinkAt(`..${zoneDirectory}${target}`, etc, "localtime");
    return true;
  } finally { close(etc); }
}

/** Copies the zone's file to `<runDir>/localtime` and returns that path; undefined without a zone. `local` is the host's. */
export function localtimeOf(zone: string | undefined, runDir: string, id: string): string | undefined {
  if (zone === undefined || zone === "") return undefined;
  try {
    const source = zone === "local" ? realpathSync("/etc/localtime") : join(process.env["TZDIR"] ?? zoneDirectory, normalize(`/${zone}`));
    const target = join(runDir, "localtime");
    mkdirSync(runDir, { recursive: true, mode: 0o700 });
    copyFileSync(source, target);
    return target;
  } catch (error) {
    throw new EngineError("invalid-argument", `configuring timezone for container ${id}: finding timezone for container ${id}: ${messageOf(error)}`, { cause: error });
  }
}
