import type { remove as operation } from "../contract/artifact/operations.ts";
import { EngineError, isEngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { artifactFolder, findArtifact, locked, readArtifacts, removeBlobs, writeIndex } from "./store.ts";

/** podman-artifact-rm(1). The index changes before blobs go: a crash leaves at most blobs. @throws not-found */
export async function remove(context: EngineContext, { refs = [], all, ignore }: InputOf<typeof operation.input>): Promise<{ readonly ArtifactDigests: readonly string[] }> {
  if (all === true && refs.length > 0) throw new EngineError("invalid-argument", "when using the --all switch, you may not pass any artifact names or digests");
  const root = artifactFolder(context);
  return locked(root, "write", async () => {
    const removed: string[] = [];
    const wanted = all === true ? (await readArtifacts(root)).map(({ Digest }) => Digest.slice("sha256:".length)) : refs;
    for (const ref of wanted) {
      try { removed.push(await removeOne(root, ref)); } catch (error) {
        if (ignore !== true || !isEngineError(error, "not-found")) throw error;
      }
    }
    return { ArtifactDigests: removed };
  });
}

async function removeOne(root: string, ref: string): Promise<string> {
  const artifacts = await readArtifacts(root);
  const found = findArtifact(artifacts, ref);
  writeIndex(root, artifacts.filter((artifact) => artifact !== found).map(({ entry }) => entry));
  await removeBlobs(root, [found]);
  return found.Digest;
}
