/**
 * What this kernel and file system can do, found out by test mounts in the driver's home and remembered in the run root under
 * containers/storage's names (`<feature>-true`, `<feature>-false`), so that one test serves every process until the next boot.
 */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../../../base/errors.ts";
import { mknodAt, at } from "../../../sys/file.ts";
import { getXattr, setXattr } from "../../../sys/xattr.ts";
import { openTempDirectory } from "../../tempdir/stage.ts";
import { tempFolder } from "./home.ts";
import { mountOverlay } from "./kernel-mount.ts";

export interface FeatureHost {
  readonly home: string;
  readonly runHome: string;
  readonly rootless: boolean;
  readonly mountOptions: readonly string[];
}

interface Trial { readonly folder: string; readonly merged: string; readonly upper: string; readonly xattrPrefix: string; mount(lowers: readonly string[], options: readonly string[]): void }

export const features = {
  /** Overlay mounts work here at all. */
  overlay: (host: FeatureHost): boolean => remembered(host, "overlay", () => tryOut(host, (trial) => {
    mknodAt(at.fdcwd, join(trial.upper, "whiteout"), 0o020600, 0);
    mkdirSync(join(trial.folder, "lower2", "subdir"));
    trial.mount(["lower1", "lower2"], []);
    rmSync(join(trial.merged, "subdir"), { recursive: true });
    return true;
  })),
  volatile: (host: FeatureHost): boolean => remembered(host, "volatile", () => tryOut(host, (trial) => {
    trial.mount(["lower1"], ["volatile"]);
    return true;
  })),
  metacopy: (host: FeatureHost): boolean => remembered(host, `metacopy(${host.mountOptions.join(",")})`, () => tryOut(host, (trial) => {
    writeFileSync(join(trial.folder, "lower1", "f"), "x");
    trial.mount(["lower1"], host.mountOptions);
    chmodSync(join(trial.merged, "f"), 0o600);
    return getXattr(join(trial.upper, "f"), `${trial.xattrPrefix}metacopy`) !== undefined;
  })),
  /** A layer's difference can be read from its own directory: the kernel does not copy opaque marks up, nor redirect directories. */
  nativeDiff: (host: FeatureHost): boolean => remembered(host, `native-diff(${host.mountOptions.join(",")})`, () => tryOut(host, (trial) => {
    mkdirSync(join(trial.folder, "lower2", "d"));
    mkdirSync(join(trial.folder, "lower2", "d1"));
    mkdirSync(join(trial.folder, "lower1", "d"));
    setXattr(join(trial.folder, "lower1", "d"), `${trial.xattrPrefix}opaque`, Buffer.from("y"));
    trial.mount(["lower1", "lower2"], host.mountOptions);
    writeFileSync(join(trial.merged, "d", "f"), "");
    if (Buffer.from(getXattr(join(trial.upper, "d"), `${trial.xattrPrefix}opaque`) ?? []).toString() === "y") return false;
    try { renameSync(join(trial.merged, "d1"), join(trial.merged, "d2")); } catch (error) { return isErrno(error, "EXDEV"); }
    return getXattr(join(trial.upper, "d2"), `${trial.xattrPrefix}redirect`) === undefined;
  })),
};

function remembered(host: FeatureHost, feature: string, find: () => boolean): boolean {
  const known = recall(host, feature);
  if (known !== undefined) return known;
  const answer = find();
  remember(host, feature, answer);
  return answer;
}

const answerFile = (host: FeatureHost, feature: string, answer: boolean): string => join(host.runHome, `${feature.replaceAll("/", "_")}-${answer}`);

/** The answer of an earlier test since the last boot. */
export function recall(host: FeatureHost, feature: string): boolean | undefined {
  if (existsSync(answerFile(host, feature, true))) return true;
  return existsSync(answerFile(host, feature, false)) ? false : undefined;
}

export function remember(host: FeatureHost, feature: string, answer: boolean): void {
  mkdirSync(host.runHome, { recursive: true, mode: 0o700 });
  writeFileSync(answerFile(host, feature, answer), "", { mode: 0o644 });
}

/** False when the kernel refuses the mount; other failures (no space) are the caller's. */
function tryOut(host: FeatureHost, run: (trial: Trial) => boolean): boolean {
  const temp = openTrial(host);
  const { folder, merged, upper, work } = temp;
  try {
    for (const name of ["lower1", "lower2"]) mkdirSync(join(folder, name), { mode: 0o700 });
    const mount = (lowers: readonly string[], options: readonly string[]): void => {
      const words = host.rootless ? ["userxattr", ...options] : options;
      mountOverlay({ target: merged, lowers: lowers.map((name) => join(folder, name)), upper: { directory: upper, work }, options: words });
    };
    return run({ folder, merged, upper, mount, xattrPrefix: host.rootless ? "user.overlay." : "trusted.overlay." });
  } catch (error) {
    if (isErrno(error, "EINVAL", "ENODEV", "EPERM", "EACCES", "EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EXDEV", "EIO")) return false;
    throw error;
  } finally {
    temp.removeNow();
  }
}

/** Directories of one test. What is mounted is mounted below `points`. */
interface TrialFolders { readonly folder: string; readonly points: string; readonly merged: string; readonly upper: string; readonly work: string; removeNow(): void }

/**
 * The contents lie in the home, whose file system is asked about, the mount points in the run root: another process may mount the
 * home over itself meanwhile, and what is mounted below is then out of reach ("device or resource busy"). What a killed process
 * leaves is taken away by the next writer (`tempRoots`).
 */
export function openTrial(host: FeatureHost): TrialFolders {
  const mounts = openTempDirectory(join(host.runHome, tempFolder));
  const temp = openTempDirectory(join(host.home, tempFolder));
  const [folder, points] = [temp.path, mounts.path];
  const [merged, upper, work] = [join(points, "merged"), join(folder, "upper"), join(folder, "work")];
  for (const path of [merged, upper, work]) mkdirSync(path, { mode: 0o700 });
  return { folder, points, merged, upper, work, removeNow: () => { try { mounts.removeNow(); } finally { temp.removeNow(); } } };
}
