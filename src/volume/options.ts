/** Options of the local driver (podman-volume-create(1)): how to mount, and who owns the directory. */
import { EngineError, isErrno } from "../base/errors.ts";
import { statSync } from "node:fs";

export interface VolumeOptions { readonly options: Readonly<Record<string, string>>; readonly uid: number; readonly gid: number }

const known: ReadonlySet<string> = new Set(["device", "o", "type", "uid", "gid", "size", "inodes", "noquota", "copy", "nocopy"]);
/** Parts of `o` that are ours and not mount(8)'s. */
const ownParts: ReadonlySet<string> = new Set(["uid", "gid", "noquota", "copy", "nocopy"]);

/** @throws invalid-argument with Podman's sentences */
export function parseVolumeOptions(given: Readonly<Record<string, string>>): VolumeOptions {
  const bad = Object.keys(given).find((key) => !known.has(key.toLowerCase()));
  if (bad !== undefined) throw new EngineError("invalid-argument", `invalid mount option ${bad} for driver 'local': invalid argument`);
  const isTmpfs = given["type"] === "tmpfs";
  const parts = (given["o"] ?? "").split(",").filter((part) => part !== "");
  const own = parts.filter((part) => !isTmpfs && ownParts.has(nameOf(part)));
  const rest = parts.filter((part) => !own.includes(part));
  const { o: _o, ...others } = given;
  if (given["type"] === "bind") mustExist(given["device"] ?? "");
  return {
    options: { ...others, ...(rest.length === 0 ? {} : { o: rest.join(",") }), ...(own.some((part) => part === "nocopy") ? { nocopy: "" } : {}), ...(own.some((part) => part === "noquota") ? { noquota: "true" } : {}) },
    uid: idOf(own, "uid") ?? process.getuid?.() ?? 0, gid: idOf(own, "gid") ?? process.getgid?.() ?? 0,
  };
}

const nameOf = (part: string): string => part.split("=")[0] ?? "";

function idOf(parts: readonly string[], name: string): number | undefined {
  const part = parts.find((one) => nameOf(one) === name);
  if (part === undefined) return undefined;
  const text = part.slice(name.length + 1);
  if (!/^\d+$/.test(text)) throw new EngineError("invalid-argument", `cannot convert ${name.toUpperCase()} ${text} to integer: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function mustExist(device: string): void {
  try { statSync(device); } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    throw new EngineError("invalid-argument", `invalid volume option device for driver 'local': faccessat ${device}: no such file or directory`);
  }
}
