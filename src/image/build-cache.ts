/** The persistent cache of `RUN --mount=type=cache`: Buildah's directory, shared with it. */
import { join } from "node:path";
import type { EngineContext } from "../engine/context.ts";
import { removeTree } from "../storage/tempdir/remove.ts";
import { temporaryFolder } from "./access.ts";

/** Harmless when there is none. */
export async function removeBuildCache(context: EngineContext): Promise<void> {
  await removeTree(join(temporaryFolder(context), `buildah-cache-${context.config.uid}`));
}
