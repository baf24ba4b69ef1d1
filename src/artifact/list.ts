import type { Artifact, inspect as inspectOperation } from "../contract/artifact/operations.ts";
import type { InputOf } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { artifactFolder, findArtifact, locked, readArtifacts, type Stored } from "./store.ts";

/** podman-artifact-ls(1): in the order of the index. */
export async function list(context: EngineContext): Promise<readonly Artifact[]> {
  const root = artifactFolder(context);
  return locked(root, "read", async () => (await readArtifacts(root)).map(shown));
}

/** podman-artifact-inspect(1). @throws not-found */
export async function inspect(context: EngineContext, { ref }: InputOf<typeof inspectOperation.input>): Promise<Artifact> {
  const root = artifactFolder(context);
  return locked(root, "read", async () => shown(findArtifact(await readArtifacts(root), ref)));
}

function shown({ Manifest, Name, Digest }: Stored): Artifact { return { Manifest, Name, Digest }; }
