/** All mounts of a container: the user's over the default ones, then the engine's own files, sorted so that none hides another. */
import { mkdirSync, readlinkSync } from "node:fs";
import { normalize } from "node:path";
import { close, openFlags, openInRoot } from "../../sys/index.ts";
import { EngineError, isErrno } from "../../base/errors.ts";
import type { ResolvedMount, SpecFiles } from "./input.ts";
import { completeOptions } from "./mount-options.ts";
import { idmapMappings, type MountMaps } from "./mount-idmap.ts";
import { resolveInRoot, withRoot } from "./rootfs.ts";
import type { SpecMount } from "./types.ts";

export interface MountRequest {
  readonly rootfs: string;
  readonly mounts: readonly ResolvedMount[];
  readonly files: SpecFiles;
  readonly defaults: readonly SpecMount[];
  /** bind mounts of devices, for rootless. */
  readonly devices: readonly SpecMount[];
  /** Directories that see the engine's files below /etc too (--chrootdirs). */
  readonly chrootDirs?: readonly string[];
  readonly readonlyRoot: boolean;
  /** tmpfs on /run, /tmp and /var/tmp of a read-only container. */
  readonly readWriteTmpfs: boolean;
  /** tmpfs where systemd writes at its start, each of this size. */
  readonly systemd?: boolean;
  readonly systemdSizeBytes?: number;
  readonly shmSizeBytes: number;
  /** IPC of the host: its /dev/shm is the container's. */
  readonly hostIpc: boolean;
  /** --ipc=none: no /dev/shm at all. */
  readonly noShm?: boolean;
  readonly initBinary?: string;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly maps: MountMaps;
  /** Changes the owner of a source with option U. */
  readonly chown: (source: string) => void;
}

/** @throws EngineError for impossible options and absent sources */
export function mountsOf(request: MountRequest): SpecMount[] {
  const user = [...request.mounts.map((mount) => userMount(mount, request)), ...initMount(request.initBinary)];
  const taken = new Set(user.map((mount) => clean(mount.destination)));
  const tmpfs = request.readonlyRoot && request.readWriteTmpfs ? readWriteTmpfs(taken) : [];
  const volatile = request.systemd === true ? systemdTmpfs(new Set([...taken, ...tmpfs.map(({ destination }) => destination)]), request.systemdSizeBytes) : [];
  const isFree = ({ destination }: SpecMount): boolean => !taken.has(clean(destination)) && !(taken.has("/dev") && destination.startsWith("/dev/"));
  const defaults = [...request.defaults, ...request.devices].filter(isFree);
  const mounts = [...user, ...tmpfs, ...volatile, ...defaults];
  const present = new Set(mounts.map((mount) => clean(mount.destination)));
  const hidesRun = user.some(({ destination, type }) => destination === "/run" && type !== "tmpfs");
  const files = fileMounts(request).filter(({ destination }) => !(hidesRun && destination === "/run/.containerenv") && !present.has(clean(destination)) && !(destination.startsWith("/dev/") && taken.has("/dev")));
  const sorted = [...mounts, ...files].map((mount, index) => ({ mount, index, depth: depthOf(mount.destination) })).toSorted((a, b) => a.depth - b.depth || a.index - b.index);
  return withRoot(request.rootfs, (rootFd) => sorted.map(({ mount }) =>
    mount.type === "tmpfs" && mount.destination !== "/dev" ? { ...mount, destination: resolveInRoot(rootFd, request.rootfs, mount.destination) } : mount));
}

const clean = (path: string): string => { const normal = normalize(path); return normal.length > 1 ? normal.replace(/\/+$/, "") : normal; };
const depthOf = (path: string): number => path === "/" ? 0 : clean(path).split("/").length;

function userMount(mount: ResolvedMount, request: MountRequest): SpecMount {
  const destination = clean(mount.destination);
  const source = sourceOf(mount);
  switch (mount.type) {
    case "tmpfs": return { destination, type: "tmpfs", source: "tmpfs", options: translate(completeOptions(mount.options, true, undefined), request, true) };
    case "ramfs": case "devpts": return { destination, type: mount.type, source: mount.type, options: [...mount.options] };
    case "image": return { destination, type: "bind", source, options: ["rbind", "rprivate", "nosuid", "nodev", ...(mount.options.includes("rw") ? [] : ["ro"])] };
    case "overlay": return overlayMount(mount, source, destination, request);
    case "bind": return mount.options.includes("O") ? overlayMount(mount, source, destination, request) : bindMount(mount, source, destination, request);
  }
}

function bindMount(mount: ResolvedMount, source: string, destination: string, request: MountRequest): SpecMount {
  const extra = mount.namedVolume === true ? ["nosuid", "nodev"].filter((option) => !mount.options.includes(option) && !mount.options.includes(option.slice(2))) : [];
  const options = completeOptions([...mount.options, ...extra], false, mount.options.includes("no-dereference") ? undefined : source).filter((option, index, all) => all.indexOf(option) === index);
  if (options.includes("U")) request.chown(source);
  const idmap = options.find((option) => option === "idmap" || option.startsWith("idmap="));
  return { destination, type: "bind", source, options: translate(options, request, false), ...(idmap === undefined ? {} : idmapMappings(idmap, request.maps)) };
}

/** Options that mean something to us and nothing to the runtime. z and Z label for SELinux, which is not supported yet. */
function translate(options: readonly string[], { user }: MountRequest, isTmpfs: boolean): string[] {
  return options.flatMap((option) => {
    if (option === "U") return isTmpfs ? [`uid=${user.uid}`, `gid=${user.gid}`] : [];
    if (option === "no-dereference") return ["copy-symlink"];
    if (["z", "Z", "copy", "nocopy"].includes(option) || /^(idmap|subpath|volume-opt|upperdir|workdir)/.test(option)) return [];
    return [option];
  });
}

/** `O`: writes go to a throw-away layer. The caller owns the directories and removes them with the container. */
function overlayMount({ overlay, options }: ResolvedMount, source: string, destination: string, request: MountRequest): SpecMount {
  const named = (key: string): string | undefined => options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1);
  const upper = named("upperdir") ?? overlay?.upper;
  const work = named("workdir") ?? overlay?.work;
  if (upper === undefined || work === undefined) throw new EngineError("invalid-argument", "must specify both upperdir and workdir");
  if (overlay !== undefined) for (const directory of [overlay.upper, overlay.work]) mkdirSync(directory, { recursive: true, mode: 0o755 });
  if (options.includes("U")) { request.chown(source); request.chown(upper); }
  return { destination, type: "overlay", source: "overlay", options: [`lowerdir=${source}`, `upperdir=${upper}`, `workdir=${work}`, "private"] };
}

/** A subpath is looked up inside its volume: a link that a container put there does not lead out. */
function sourceOf({ source = "", subpath, destination }: ResolvedMount): string {
  if (subpath === undefined || subpath === "") return source;
  return withRoot(source, (rootFd) => {
    try {
      const fd = openInRoot(rootFd, subpath, openFlags.path);
      try { return readlinkSync(`/proc/self/fd/${fd}`); } finally { close(fd); }
    } catch (error) {
      if (!isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) throw error;
      throw new EngineError("not-found", `subpath "${subpath}" of the mount at "${destination}" does not exist`, { cause: error });
    }
  });
}

const initMount = (source: string | undefined): SpecMount[] => source === undefined ? [] : [{ destination: initPath, type: "bind", source, options: ["bind", "ro", "private"] }];
/** Where catatonit is seen in the container. */
export const initPath = "/run/podman-init";

function readWriteTmpfs(taken: ReadonlySet<string>): SpecMount[] {
  return ["/tmp", "/var/tmp", "/run"].filter((destination) => !taken.has(destination)).map((destination) =>
    ({ destination, type: "tmpfs", source: "tmpfs", options: ["rw", "rprivate", "nosuid", "nodev", "tmpcopyup"] }));
}

function systemdTmpfs(taken: ReadonlySet<string>, sizeBytes: number | undefined): SpecMount[] {
  return ["/run", "/run/lock", "/tmp", "/var/log/journal"].filter((destination) => !taken.has(destination)).map((destination) =>
    ({ destination, type: "tmpfs", source: "tmpfs", options: ["rw", "rprivate", "nosuid", "nodev", "tmpcopyup", ...(sizeBytes === undefined || sizeBytes === 0 ? [] : [`size=${sizeBytes}`])] }));
}

/** Podman's list. */
const chrootFiles: ReadonlySet<string> = new Set(["/etc/resolv.conf", "/etc/hosts", "/etc/hostname"]);

function fileMounts({ files, chrootDirs = [], readonlyRoot, readWriteTmpfs: writable, shmSizeBytes, hostIpc, noShm = false }: MountRequest): SpecMount[] {
  const protection = readonlyRoot ? ["ro", "nosuid", "noexec", "nodev"] : [];
  const pairs: (readonly [string, string | undefined])[] = [
    ["/run/.containerenv", files.containerenv], ["/etc/hostname", files.hostname], ["/etc/resolv.conf", files.resolvConf], ["/etc/hosts", files.hosts],
    ["/etc/passwd", files.passwd], ["/etc/group", files.group], ["/etc/localtime", files.localtime], ["/run/notify", files.notify],
    ...(files.secrets ?? []).map(({ source, destination }) => [destination, source] as const),
  ];
  const again = pairs.filter(([destination]) => chrootFiles.has(destination)).flatMap(([destination, source]) => chrootDirs.map((directory) => [clean(`${directory}/${destination}`), source] as const));
  const binds = [...pairs, ...again].flatMap(([destination, source]) => source === undefined ? [] : [{ destination, type: "bind", source, options: ["bind", "rprivate", ...protection] }]);
  const shm = files.shm ?? (hostIpc ? "/dev/shm" : undefined);
  const shmOptions = ["nosuid", "noexec", "nodev", ...(readonlyRoot && !writable ? ["ro"] : [])];
  if (noShm) return binds;
  return [...binds, shm === undefined
    ? { destination: "/dev/shm", type: "tmpfs", source: "shm", options: [...shmOptions, "mode=1777", `size=${shmSizeBytes}`] }
    : { destination: "/dev/shm", type: "bind", source: shm, options: ["bind", "rprivate", ...shmOptions] }];
}

/** The root's own propagation must let shared and slave volumes through. */
export function rootPropagation(mounts: readonly SpecMount[]): string | undefined {
  const options = mounts.flatMap((mount) => mount.options ?? []);
  if (options.includes("shared") || options.includes("rshared")) return "shared";
  return options.includes("slave") || options.includes("rslave") ? "rslave" : undefined;
}
