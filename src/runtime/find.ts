/** Finds the programs that this layer runs: the OCI runtime and conmon, as containers.conf(5) says. */
import { basename, isAbsolute } from "node:path";
import { EngineError } from "../base/errors.ts";
import { findProgram } from "../config/programs.ts";
import type { EngineSection } from "../config/types.ts";

/** Debian's, Fedora's and Alpine's name are the same for these. */
const installHint = (name: string): string => `install the package "${name}", or name another one in containers.conf`;

/**
 * Path of an OCI runtime by name (`[engine.runtimes]`, then $PATH) or by absolute path.
 * @throws EngineError runtime-missing with Podman's sentence
 */
export function findRuntime(engine: EngineSection, name: string, path: string | undefined): string {
  if (isAbsolute(name)) {
    if (isExecutable(name)) return name;
    throw new EngineError("not-found", `no valid executable found for OCI runtime ${name}: invalid argument`, { reason: "runtime-missing", hint: installHint(basename(name)) });
  }
  const found = engine.runtimes[name]?.find(isExecutable) ?? (name.includes("/") ? undefined : findInPath(name, path));
  if (found !== undefined) return found;
  throw new EngineError("not-found", `default OCI runtime "${name}" not found: invalid argument`, { reason: "runtime-missing", hint: installHint(name) });
}

/** @throws EngineError conmon-missing with Podman's sentence */
export function findConmon(engine: EngineSection, path: string | undefined): string {
  const found = engine.conmonPath.find(isExecutable) ?? findInPath("conmon", path);
  if (found !== undefined) return found;
  throw new EngineError("not-found", `could not find a working conmon binary (configured options: [${engine.conmonPath.join(" ")}]: invalid argument)`, { reason: "conmon-missing", hint: installHint("conmon") });
}

const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
function findInPath(name: string, path = standardPath): string | undefined { return findProgram(name, { PATH: path }); }
const isExecutable = (path: string): boolean => findProgram(path, {}) !== undefined;
