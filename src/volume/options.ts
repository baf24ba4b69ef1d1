/** Options of a volume (podman-volume-create(1)): how to mount, who owns the directory, how large it may be. */
import { statSync } from "node:fs";
import { EngineError, isErrno } from "../base/errors.ts";
import { parseHumanSize } from "../formats/size.ts";

export interface VolumeOptions {
  /** As they are kept and shown. */
  readonly options: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  readonly sizeBytes?: number;
  readonly inodes?: number;
  readonly noQuota?: boolean;
  readonly timeoutSeconds?: number;
}
type Draft = { -readonly [K in keyof Omit<VolumeOptions, "options">]: VolumeOptions[K] } & { options: Record<string, string>; rest: string[] };

const known: ReadonlySet<string> = new Set(["device", "o", "type", "uid", "gid", "size", "inodes", "noquota", "copy", "nocopy"]);

/** Takes the parts of `o` that are ours out of it, whatever the driver; they stay visible as options of their own. @throws invalid-argument with Podman's sentences */
export function parseVolumeOptions(given: Readonly<Record<string, string>>): VolumeOptions {
  const { o, ...others } = given;
  const draft: Draft = { options: { ...others }, rest: [] };
  if (o !== undefined) {
    for (const part of o.split(",")) takePart(draft, part);
    if (draft.rest.length > 0) draft.options["o"] = draft.rest.join(",");
  }
  const { rest: _rest, ...parsed } = draft;
  return parsed;
}

function takePart(draft: Draft, part: string): void {
  const equals = part.indexOf("=");
  const name = (equals === -1 ? part : part.slice(0, equals)).toLowerCase();
  const value = equals === -1 ? undefined : part.slice(equals + 1);
  const handler = parts[name];
  if (handler === undefined) draft.rest.push(part);
  else handler(draft, value, part);
}

type PartHandler = (draft: Draft, value: string | undefined, part: string) => void;
const parts: Readonly<Record<string, PartHandler>> = {
  // mount(8) gets these too: some file systems know them.
  uid: (draft, value, part) => { draft.uid = idOf("UID", value); keep(draft, "UID", value, part); },
  gid: (draft, value, part) => { draft.gid = idOf("GID", value); keep(draft, "GID", value, part); },
  size: (draft, value, part) => {
    const bytes = parseHumanSize(value ?? "");
    if (bytes === undefined) throw new EngineError("invalid-argument", `cannot convert size ${value ?? ""} to integer: invalid size: '${value ?? ""}'`);
    draft.sizeBytes = bytes;
    keep(draft, "SIZE", value, part);
  },
  inodes: (draft, value = "", part) => {
    if (!/^\d+$/.test(value)) throw new EngineError("invalid-argument", `cannot convert inodes ${value} to integer: strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`);
    draft.inodes = Number(value);
    keep(draft, "INODES", value, part);
  },
  noquota: (draft) => { draft.noQuota = true; draft.options["NOQUOTA"] = "true"; },
  timeout: (draft, value) => {
    if (value === undefined) throw new EngineError("invalid-argument", "timeout option must provide a valid timeout in seconds: invalid argument");
    if (!/^[+-]?\d+$/.test(value)) throw new EngineError("invalid-argument", `cannot convert Timeout ${value} to an integer: strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`);
    if (Number(value) < 0) throw new EngineError("invalid-argument", `volume timeout cannot be negative (got ${Number(value)})`);
    draft.timeoutSeconds = Number(value);
  },
};

function keep(draft: Draft, key: string, value: string | undefined, part: string): void {
  draft.options[key] = value ?? "";
  draft.rest.push(part);
}

function idOf(name: "UID" | "GID", text: string | undefined): number {
  if (text === undefined) throw new EngineError("invalid-argument", `${name.toLowerCase()} option must provide a ${name}: invalid argument`);
  if (!/^[+-]?\d+$/.test(text)) throw new EngineError("invalid-argument", `cannot convert ${name} ${text} to integer: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** What the local driver knows. @throws invalid-argument */
export function checkLocalOptions(options: Readonly<Record<string, string>>): void {
  // What the parts of `o` became is in capitals.
  const bad = Object.keys(options).find((key) => !known.has(key.toLowerCase()));
  if (bad !== undefined) throw new EngineError("invalid-argument", `invalid mount option ${bad} for driver 'local': invalid argument`);
  if (options["type"]?.toLowerCase() === "bind" && options["device"] !== undefined) mustExist(options["device"]);
}

function mustExist(device: string): void {
  try { statSync(device); } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
    throw new EngineError("invalid-argument", `invalid volume option device for driver 'local': faccessat ${device}: no such file or directory`);
  }
}

/** What the file system must do for the volume; a tmpfs keeps its own limit. @throws invalid-argument for limits that contradict each other */
export function quotaOf({ options, sizeBytes = 0, inodes = 0, noQuota }: VolumeOptions): { readonly sizeBytes: number; readonly inodes: number } | undefined {
  const isLimited = sizeBytes > 0 || inodes > 0;
  if (noQuota === true) {
    if (isLimited) throw new EngineError("invalid-argument", "volume options size and inodes cannot be used without quota");
    return undefined;
  }
  if (options["type"] === "tmpfs") {
    if (inodes > 0) throw new EngineError("invalid-argument", "volume option inodes not supported on tmpfs filesystem");
    return undefined;
  }
  return isLimited ? { sizeBytes, inodes } : undefined;
}
