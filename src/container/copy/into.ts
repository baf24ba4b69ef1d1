import { posix } from "node:path";
import { openSync, closeSync } from "node:fs";
import { EngineError, within } from "../../base/errors.ts";
import type { InputOf, UploadOptions } from "../../contract/kit.ts";
import type { copyInto as operation } from "../../contract/container/copy-into.ts";
import type { EngineContext } from "../../engine/context.ts";
import type { CopyRules } from "../../storage/archive/types.ts";
import type { ContainerRecord } from "../record.ts";
import { openContainer, type OpenContainer } from "./open.ts";
import { absolutePath, ownerOf } from "./path.ts";
import type { Found } from "./tree.ts";

type Input = InputOf<typeof operation.input>;

/** Missing directories on the way are made, and belong to whom the files do. */
export async function copyInto(context: EngineContext, input: Input, { body, signal }: UploadOptions): Promise<void> {
  await using container = await openContainer(context, input.ref, true);
  const { record, tree } = container;
  const asked = absolutePath(record, input.path);
  const { path, found } = tree.lookUp(asked);
  const target = found ?? parentOf(container, path);
  if (!target.stat.isDirectory()) throw new EngineError("invalid-argument", `${input.path}: exists but is not a directory`);
  const [{ extractLayer }, { decompressAny }, { placeBelow }] = await Promise.all([
    import("../../storage/archive/extract.ts"), import("../../storage/archive/decompress.ts"), import("../../storage/archive/copy-place.ts"),
  ]);
  const prefix = posix.join(target.below, posix.relative(target.path, path));
  const { stream } = await decompressAny(body);
  // A descriptor of its own, because an O_PATH one is no base for attributes.
  const rootFd = openSync(`/proc/self/fd/${target.rootFd}/.`, "r");
  try {
    await extractLayer(rootFd, stream, {
      whiteouts: "keep", uidMaps: record.config.uidMaps, gidMaps: record.config.gidMaps,
      copy: { ...rulesOf(container, input), place: placeBelow(prefix, input.rename) }, ...(signal === undefined ? {} : { signal }),
    });
  } finally { closeSync(rootFd); }
}

/** The nearest directory above that there is. */
function parentOf({ tree }: OpenContainer, path: string): Found {
  for (let above = posix.dirname(path); ; above = posix.dirname(above)) {
    const { found } = tree.lookUp(above);
    if (found !== undefined) return found;
    if (above === "/") throw within(`copy to ${path}`, new EngineError("not-found", "the container has no root"));
  }
}

function rulesOf({ record, tree, runs }: OpenContainer, { chown = true, noOverwriteDirNonDir = false }: Input): Omit<CopyRules, "place"> {
  return {
    ...(chown ? { owner: ownerOf(record, tree) } : {}), keepKinds: noOverwriteDirNonDir,
    ...(runs ? makersOf(record) : {}),
  };
}

/** The root of a container with ids of its own: what its user namespace mounted takes no files of other owners. */
function makersOf({ config }: ContainerRecord): Pick<CopyRules, "makeAs"> {
  const [uid, gid] = [config.uidMaps, config.gidMaps].map((maps) => maps.find(({ containerId }) => containerId === 0)?.hostId);
  return uid === undefined || gid === undefined ? {} : { makeAs: { uid, gid } };
}
