/** One overlay mount by the kernel, however long the list of layers is. */
import { mkdtempSync, openSync, closeSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../../../base/errors.ts";
import { openFlags } from "../../../sys/file.ts";
import { mountWithParameters } from "../../../sys/fsmount.ts";
import { mount } from "../../../sys/mount.ts";
import { escapePath, splitMountOptions, withLabel } from "./mount-options.ts";

/** mount(2) copies one page of option text; some of it is needed for the end mark. */
const maxDataBytes = 4095;

export interface OverlayMount {
  readonly target: string;
  /** Nearest first. */
  readonly lowers: readonly string[];
  /** Absent: read-only. */
  readonly upper?: { readonly directory: string; readonly work: string };
  /** Words of `mountopt`, and `userxattr`, `volatile` and the like. */
  readonly options: readonly string[];
  readonly label?: string;
}

/** @throws SysError */
export function mountOverlay(request: OverlayMount): void {
  const data = optionText(request, request.lowers);
  if (Buffer.byteLength(data) <= maxDataBytes) {
    mount({ source: "overlay", target: request.target, fstype: "overlay", flags: splitMountOptions(request.options).flags, data });
    return;
  }
  try {
    mountByParameters(request);
  } catch (error) {
    if (!isErrno(error, "EINVAL", "ENOSYS")) throw error;
    mountByShortNames(request);
  }
}

/** The option string in containers/storage's order, which people see in /proc/mounts. */
export function optionText(request: OverlayMount, lowers: readonly string[]): string {
  const layers = `lowerdir=${lowers.map(escapePath).join(":")}`;
  const upper = request.upper === undefined ? [] : [`upperdir=${escapePath(request.upper.directory)}`, `workdir=${escapePath(request.upper.work)}`];
  return withLabel([layers, ...upper, ...splitMountOptions(request.options).data], request.label).join(",");
}

/** `lowerdir+`, one layer per call: Linux 6.8. */
export function mountByParameters(request: OverlayMount): void {
  const { attributes, data } = splitMountOptions(request.options);
  const upper = request.upper === undefined ? [] : [["upperdir", request.upper.directory] as const, ["workdir", request.upper.work] as const];
  const label = request.label === undefined || request.label === "" ? [] : [["context", request.label] as const];
  const words = data.map((word): readonly [string, string?] => {
    const at = word.indexOf("=");
    return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
  });
  const parameters = [...request.lowers.map((lower) => ["lowerdir+", lower] as const), ...upper, ...words, ...label];
  mountWithParameters({ fstype: "overlay", source: "overlay", target: request.target, parameters, attributes });
}

/** Older kernels: links with names of one or two characters in a directory reached through its descriptor fit 300 layers into a page. */
export function mountByShortNames(request: OverlayMount): void {
  const folder = mkdtempSync("/tmp/layers-");
  const fd = openSync(folder, openFlags.path | openFlags.directory);
  try {
    const lowers = request.lowers.map((lower, index) => {
      const name = index.toString(36);
      symlinkSync(lower, join(folder, name));
      return `/proc/self/fd/${fd}/${name}`;
    });
    mount({ source: "overlay", target: request.target, fstype: "overlay", flags: splitMountOptions(request.options).flags, data: optionText(request, lowers) });
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}
