/** Rules about one volume, without I/O. */
import type { VolumeRecord } from "../state/volume-record.ts";

/** Options that say something about the directory, not how to mount it. */
const ownOptions: ReadonlySet<string> = new Set(["uid", "gid", "size", "inodes", "noquota", "nocopy", "copy"]);
const nameOf = (part: string): string => (part.split("=")[0] ?? "").toLowerCase();

/** True when something is mounted for the volume while it is in use. */
export function needsMount({ driver, options }: VolumeRecord): boolean {
  if (driver !== "local") return true;
  return Object.entries(options).some(([key, value]) => (key === "o" ? value.split(",").some((part) => part !== "" && !ownOptions.has(nameOf(part))) : !ownOptions.has(key.toLowerCase())));
}

/** Where its files are: a plugin and the store say so when they mount it. */
export const directoryOf = ({ mountpoint, mountedAt }: VolumeRecord): string => mountedAt ?? mountpoint;

/** What was mounted in another boot is mounted no more. */
export function inBoot({ mountedAt, ...record }: VolumeRecord, bootId: string): VolumeRecord {
  if (record.bootId === bootId) return { ...record, ...(mountedAt === undefined ? {} : { mountedAt }) };
  return { ...record, mountCount: 0 };
}
