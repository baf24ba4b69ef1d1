/** What users write for a path in a container. */
import { posix } from "node:path";
import { EngineError } from "../../base/errors.ts";
import { readUserDatabase, resolveUser } from "../../runtime/spec/users.ts";
import { toHost } from "../../storage/archive/idmap.ts";
import type { ContainerRecord } from "../record.ts";
import type { ContainerTree } from "./tree.ts";

/** Absolute and clean; a relative path starts at the working directory. */
export function absolutePath({ config }: ContainerRecord, path: string): string {
  const clean = posix.normalize(path.startsWith("/") ? path : posix.join("/", config.workdir, path));
  return clean === "/" ? clean : clean.replace(/\/+$/, "");
}

export const missingPath = (): EngineError => new EngineError("not-found", "no such file or directory");

/** Host ids of the container's user. @throws invalid-argument for a user that its /etc/passwd does not have */
export function ownerOf({ config }: ContainerRecord, tree: ContainerTree): { readonly uid: number; readonly gid: number } {
  const { uid, gid } = resolveUser(config.user, readUserDatabase(tree.rootFd));
  return { uid: toHost(config.uidMaps)(uid), gid: toHost(config.gidMaps)(gid) };
}
