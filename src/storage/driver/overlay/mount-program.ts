/** Mounts through a program such as fuse-overlayfs, where the kernel's overlay cannot be used. */
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno } from "../../../base/errors.ts";
import type { Mappings } from "../types.ts";
import type { IdMap } from "../../../contract/types/container-create.ts";
import { syncFilesystem } from "../../../sys/file.ts";
import { unmount, umountFlags } from "../../../sys/mount.ts";
import { optionText, type OverlayMount } from "./kernel-mount.ts";

const flagFile = ".has-mount-program";
/** What the program says before it goes to the background. */
const maxWordsBytes = 64 * 1024;

/** What earlier users of this store decided; undefined for a new store. */
export function recordedMountProgram(home: string): boolean | undefined {
  try { return readFileSync(join(home, flagFile), "utf8").trim() === "true"; } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

export function recordMountProgram(home: string, used: boolean): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, flagFile), String(used), { mode: 0o600 });
}

/** @throws unavailable with the program's own last words */
export async function mountByProgram(program: string, home: string, request: OverlayMount, mappings: Mappings | undefined, forceMask: number | undefined): Promise<void> {
  if (!existsSync(program)) throw new EngineError("unavailable", `mount program "${program}" not found`, { reason: "program-missing" });
  const extra = [...mappingWords(mappings), ...(forceMask === undefined ? [] : ["xattr_permissions=2"])];
  const text = [optionText(request, request.lowers), ...extra].join(",");
  const child = Bun.spawn([program, "-o", text, request.target], { cwd: home, stdin: "ignore", stdout: "ignore", stderr: "pipe", maxBuffer: maxWordsBytes });
  const [status, words] = await Promise.all([child.exited, new Response(child.stderr).text()]);
  if (status !== 0) throw new EngineError("unavailable", `using mount program ${program}: ${words.trim() === "" ? "<stderr empty>" : words.trim()}: exit status ${status}`);
}

/** fusermount3, fusermount, then the kernel's way after a sync. Harmless when nothing is mounted. */
export async function unmountByProgram(target: string): Promise<void> {
  for (const program of ["fusermount3", "fusermount"]) {
    const path = Bun.which(program);
    if (path !== null && await Bun.spawn([path, "-u", target], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).exited === 0) return;
  }
  syncTarget(target);
  try { unmount(target, umountFlags.detach); } catch (error) { if (!isErrno(error, "EINVAL", "ENOENT")) throw error; }
}

function syncTarget(target: string): void {
  try {
    const fd = openSync(target, "r");
    try { syncFilesystem(fd); } finally { closeSync(fd); }
  } catch { /* a dead program answers ENOTCONN; there is nothing left to sync */ }
}

function mappingWords(mappings: Mappings | undefined): readonly string[] {
  if (mappings === undefined || mappings.uidMaps.length === 0) return [];
  return [mappingWord("uid", mappings.uidMaps), mappingWord("gid", mappings.gidMaps)];
}

function mappingWord(kind: "uid" | "gid", maps: readonly IdMap[]): string {
  const [only] = maps;
  if (maps.length === 1 && only?.size === 1) return `squash_to_${kind}=${only.hostId}`;
  return `${kind}mapping=${maps.map(({ containerId, hostId, size }) => `${containerId}:${hostId}:${size}`).join(":")}`;
}
