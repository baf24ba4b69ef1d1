/** Rules about one volume, without I/O. */
import type { VolumeRecord } from "../state/volume-record.ts";

/** Options that say something about the directory, not how to mount it. */
const ownOptions: ReadonlySet<string> = new Set(["uid", "gid", "size", "inodes", "noquota", "nocopy", "copy"]);

/** True when something is mounted on the volume's directory while it is in use. */
export function needsMount({ options }: VolumeRecord): boolean {
  return Object.keys(options).some((key) => !ownOptions.has(key.toLowerCase()));
}
