/** Files of the host that every container sees a copy of: containers-mounts.conf(5). */
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isErrno, messageOf } from "../base/errors.ts";
import type { SpecFiles } from "../runtime/spec/input.ts";
import { giveAway } from "../runtime/spec/chown-tree.ts";
import type { EngineContext } from "../engine/context.ts";
import type { ContainerRecord } from "./record.ts";

/** More lines than any distribution ships; the rest is not read. */
const maxLines = 1000;

/** Copies what mounts.conf names below the container's run directory, once, and says what goes where. A line that cannot be used is told and skipped. */
export function subscriptionsOf(context: EngineContext, record: ContainerRecord): NonNullable<SpecFiles["secrets"]> {
  const file = mountsFiles(context).find((path) => existsSync(path));
  if (file === undefined) return [];
  const lines = readFileSync(file, "utf8").split("\n", maxLines).map((line) => line.trim()).filter((line) => line.startsWith("/"));
  return lines.flatMap((line) => {
    const colon = line.indexOf(":");
    const [source, destination] = colon === -1 ? [line, line] : [line.slice(0, colon), line.slice(colon + 1)];
    try {
      return copy(record, source, destination);
    } catch (error) {
      context.warn(`Failed to mount subscriptions, skipping entry in ${file}: ${messageOf(error)}`);
      return [];
    }
  });
}

/** The first that exists counts. */
function mountsFiles({ config, env }: EngineContext): readonly string[] {
  const named = config.containers.defaultMountsFile ?? "";
  if (named !== "") return [named];
  const own = config.rootless ? [join(env["XDG_CONFIG_HOME"] ?? join(env["HOME"] ?? "/", ".config"), "containers/mounts.conf")] : [];
  return [...own, "/etc/containers/mounts.conf", "/usr/share/containers/mounts.conf"];
}

function copy({ config }: ContainerRecord, source: string, destination: string): NonNullable<SpecFiles["secrets"]> {
  try { statSync(source); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
  const target = join(config.runDir, destination);
  if (!existsSync(target)) {
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    cpSync(source, target, { recursive: true, dereference: true });
    const [uid, gid] = [config.uidMaps, config.gidMaps].map((maps) => maps.find(({ containerId }) => containerId === 0)?.hostId ?? 0);
    if (uid !== 0 || gid !== 0) giveAway(target, uid ?? 0, gid ?? 0, false);
  }
  return [{ source: target, destination }];
}
