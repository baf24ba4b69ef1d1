import type { VersionReport } from "../contract/system/version.ts";
import { podmanVersion } from "../contract/version.ts";
import type { EngineContext } from "../engine/context.ts";

declare const BUILD_TIME: number;
declare const BUILD_COMMIT: string;

/** Version facts of this binary; build facts are put in by tools/build.ts. */
export async function version(_context: EngineContext): Promise<VersionReport> {
  const built = typeof BUILD_TIME === "undefined" ? 0 : BUILD_TIME;
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  return {
    APIVersion: podmanVersion, Version: podmanVersion, GoVersion: `bun${Bun.version}`,
    GitCommit: typeof BUILD_COMMIT === "undefined" ? "" : BUILD_COMMIT,
    BuiltTime: ansiTime(new Date(built * 1000)), Built: built, OsArch: `linux/${arch}`, Os: "linux",
  };
}

/** C's asctime in local time, as `podman version` shows it: `Mon Oct 12 00:19:24 2026`. */
function ansiTime(time: Date): string {
  const [weekday = "", month = ""] = time.toString().split(" ");
  return `${weekday} ${month} ${String(time.getDate()).padStart(2)} ${time.toTimeString().slice(0, 8)} ${time.getFullYear()}`;
}
