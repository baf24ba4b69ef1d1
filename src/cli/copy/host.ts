/** The machine's end of `cp`: what a path is, an archive of it, an archive into it. */
import { closeSync, constants, openSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { isErrno } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { baseOf, withEnding } from "../../contract/types/path-stat.ts";

export interface HostPath {
  readonly isDirectory: boolean;
  readonly isFile: boolean;
  /** Absolute, with the ending that was typed; links are not followed. */
  readonly path: string;
}

/** Of what a link points to; undefined when nothing is there. */
export function hostPath(path: string): HostPath | undefined {
  const full = withEnding(path, resolve(path));
  try {
    const stat = statSync(full);
    return { isDirectory: stat.isDirectory(), isFile: stat.isFile(), path: full };
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** `name` in place of its own for the top of the archive; a directory's content alone where its path ends with `/.`. */
export async function* packHost(host: HostPath, name: string | undefined, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { packPath } = await import("../../storage/archive/pack-path.ts");
  const real = realpathSync(host.path);
  const directoryFd = openSync(host.isDirectory ? real : dirname(real), constants.O_RDONLY | constants.O_DIRECTORY);
  const raw = (text: string): string => Buffer.from(text).toString("latin1");
  const own = baseOf(host.path);
  try {
    yield* packPath({ directoryFd, base: host.isDirectory ? "." : raw(basename(real)), name: raw(name ?? (own === "." ? "" : own)), signal });
  } finally { closeSync(directoryFd); }
}

export interface UnpackHost { readonly rename?: Readonly<Record<string, string>>; readonly overwrite: boolean; readonly signal: AbortSignal }

/** Everything belongs to the caller and devices are left out. Links in the archive lead nowhere outside of `directory`. */
export async function unpackHost(directory: string, stream: ByteStream, { rename, overwrite, signal }: UnpackHost): Promise<void> {
  const [{ extractLayer }, { placeBelow }] = await Promise.all([import("../../storage/archive/extract.ts"), import("../../storage/archive/copy-place.ts")]);
  const rootFd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  const owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  try {
    await extractLayer(rootFd, stream, { whiteouts: "keep", copy: { place: placeBelow("", rename), owner, keepKinds: !overwrite, skipDevices: true }, signal });
  } finally { closeSync(rootFd); }
}
