/** `Mounts`, `Binds` and `Tmpfs` of inspect. */
import type { InspectMount } from "../contract/types/container-inspect.ts";
import type { EngineContext } from "../engine/context.ts";
import { completeOptions } from "../runtime/spec/mount-options.ts";
import { isErrno, isEngineError } from "../base/errors.ts";
import type { ContainerRecord } from "./record.ts";

export interface ShownMounts { readonly mounts: readonly InspectMount[]; readonly binds: readonly string[]; readonly tmpfs: Readonly<Record<string, string>> }

const propagations: ReadonlySet<string> = new Set(["shared", "slave", "private", "rshared", "rslave", "rprivate", "unbindable", "runbindable"]);

export function shownMounts(context: EngineContext, { config }: ContainerRecord): ShownMounts {
  const volumes = config.volumes.map((use) => ({ ...use, options: complete(use.options, false, undefined) }));
  const plain = (config.mounts ?? []).map((mount) => ({ ...mount, options: mount.type === "ramfs" || mount.type === "devpts" ? mount.options ?? [] : complete(mount.options ?? [], mount.type === "tmpfs", mount.type === "bind" ? mount.source : undefined) }));
  const binds = plain.filter(({ type }) => type !== "tmpfs" && type !== "image");
  return {
    mounts: [
      ...volumes.map((use): InspectMount => ({
        Type: "volume", Name: use.name, Source: context.state().volumes.get(use.name)?.mountpoint ?? "", Destination: use.destination, Driver: "local", ...optionsOf(use.options),
        ...(use.subpath === undefined ? {} : { SubPath: use.subpath }),
      })),
      ...plain.filter(({ type }) => type === "image").map((mount): InspectMount => ({
        Type: "image", Source: mount.source ?? "", Destination: mount.destination, Driver: "", Mode: "", Options: null, RW: mount.options.includes("rw"), Propagation: "",
        ...(mount.subpath === undefined ? {} : { SubPath: mount.subpath }),
      })),
      ...binds.map((mount): InspectMount => ({ Type: "bind", Source: mount.source ?? "", Destination: mount.destination, Driver: "", ...optionsOf(mount.options) })),
    ],
    binds: [...volumes.map((use) => `${use.name}:${use.destination}:${use.options.join(",")}`), ...binds.map((mount) => [mount.source ?? "", mount.destination, ...(mount.options.length === 0 ? [] : [mount.options.join(",")])].join(":"))],
    tmpfs: Object.fromEntries(plain.filter(({ type }) => type === "tmpfs").map((mount) => [mount.destination, mount.options.join(",")])),
  };
}

/** With the defaults; as asked where the source is gone. */
function complete(options: readonly string[], isTmpfs: boolean, source: string | undefined): readonly string[] {
  try { return completeOptions(options, isTmpfs, source); } catch (error) {
    if (isEngineError(error) || isErrno(error, "ENOENT")) return options;
    throw error;
  }
}

function optionsOf(options: readonly string[]): Pick<InspectMount, "Mode" | "Options" | "RW" | "Propagation"> {
  return {
    Mode: options.find((option) => option === "z" || option === "Z") ?? "",
    Options: options.filter((option) => !["ro", "rw", "z", "Z"].includes(option) && !propagations.has(option)),
    RW: !options.includes("ro"), Propagation: options.find((option) => propagations.has(option)) ?? "",
  };
}
