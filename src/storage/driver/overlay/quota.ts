/** `size` and `inodes` of a container's layer. */
import { EngineError, SysError } from "../../../base/errors.ts";
import { parseSize } from "../../../formats/create/size.ts";
import { backingFilesystem } from "../backing.ts";
import { limitTree, type TreeLimits } from "../project-limit.ts";

/** @throws invalid-argument for an unknown option or a value that is no number */
export function parseLimits(options: Readonly<Record<string, string>>): TreeLimits {
  let [sizeBytes, inodes] = [0, 0];
  for (const [name, value] of Object.entries(options)) {
    switch (name.toLowerCase()) {
      case "size": sizeBytes = parseSize(value); break;
      case "inodes":
        if (!/^\d+$/.test(value)) throw new EngineError("invalid-argument", `inodes ${JSON.stringify(value)}: not a number`);
        inodes = Number(value);
        break;
      default: throw new EngineError("invalid-argument", `unknown option ${name}`);
    }
  }
  return { sizeBytes, inodes };
}

/** `asked` are the container's own options, `configured` those of storage.conf; the sentences say which cannot be had. */
export function limitLayer(home: string, directory: string, asked: Readonly<Record<string, string>>, configured: Readonly<Record<string, string>>): void {
  const limits = parseLimits({ ...configured, ...asked });
  if (limits.sizeBytes === 0 && limits.inodes === 0) return;
  try { limitTree(home, directory, limits); } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw Object.keys(asked).length > 0
      ? new EngineError("invalid-argument", "--storage-opt is supported only for overlay over xfs with 'pquota' mount option", { cause: error })
      : new EngineError("failed-precondition", `Storage option overlay.${limits.sizeBytes > 0 ? "size" : "inodes"} only supported for backingFS XFS. Found ${backingFilesystem(home).name}`, { cause: error, hint: "mount the file system with project quotas, or take the option out of storage.conf" });
  }
}
