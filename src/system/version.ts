import type { VersionReport } from "../contract/system/version.ts";
import { goAnsiTime } from "../contract/system/version.wire.ts";
import { podmanVersion } from "../contract/version.ts";
import type { EngineContext } from "../engine/context.ts";

declare const BUILD_TIME: number;
declare const BUILD_COMMIT: string;

export async function version(_context: EngineContext): Promise<VersionReport> { return versionOfBuild(); }

/** Version facts of this binary; build facts are put in by tools/build.ts. */
export function versionOfBuild(): VersionReport {
  const built = typeof BUILD_TIME === "undefined" ? 0 : BUILD_TIME;
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  return {
    APIVersion: podmanVersion, Version: podmanVersion, GoVersion: `bun${Bun.version}`,
    GitCommit: typeof BUILD_COMMIT === "undefined" ? "" : BUILD_COMMIT,
    BuiltTime: goAnsiTime(built), Built: built, OsArch: `linux/${arch}`, Os: "linux",
  };
}

