import type { CallOptions, InputOf } from "../../contract/kit.ts";
import type { copyFrom as operation } from "../../contract/container/copy-from.ts";
import { baseOf } from "../../contract/types/path-stat.ts";
import type { EngineContext } from "../../engine/context.ts";
import { tarTrailer } from "../../formats/tar/encode.ts";
import { openContainer } from "./open.ts";
import { absolutePath, missingPath, ownerOf } from "./path.ts";

/** What a container's root has that is no file of its own: left out, and empty when asked for by name. */
const neverCopied: readonly string[] = ["dev", "proc", "sys"];

export async function* copyFrom(context: EngineContext, { ref, path }: InputOf<typeof operation.input>, { signal }: CallOptions = {}): AsyncGenerator<Uint8Array> {
  await using container = await openContainer(context, ref);
  const { record, tree, runs } = container;
  const asked = absolutePath(record, path);
  const { found } = path.includes("*") ? { found: undefined } : tree.lookUp(asked);
  if (found === undefined) throw missingPath();
  if (neverCopied.includes(found.path.slice(1))) { yield tarTrailer(); return; }
  const { packPath } = await import("../../storage/archive/pack-path.ts");
  const isContent = found.stat.isDirectory() && baseOf(path) === ".";
  // The root's name is "/", which a copy to somewhere new replaces.
  const name = isContent ? "" : Buffer.from(baseOf(asked)).toString("latin1");
  yield* packPath({
    directoryFd: found.directoryFd, base: found.base, name, owner: ownerOf(record, tree),
    ...(found.path === "/" ? { exclude: new Set(neverCopied) } : {}),
    // A terminal in a user's container belongs to the host's root.
    skipUnreadable: context.config.rootless && runs, ...(signal === undefined ? {} : { signal }),
  });
}
