import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { extract as operation } from "../contract/artifact/operations.ts";
import type { InputOf } from "../contract/kit.ts";
import type { Descriptor } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { readFileStream, writeStream } from "../transports/file.ts";
import { blobPath } from "../transports/oci-layout.ts";
import { verified } from "../transports/verify.ts";
import { artifactFolder, findArtifact, locked, readArtifacts } from "./store.ts";

type ExtractInput = InputOf<typeof operation.input>;

/** podman-artifact-extract(1). Every file is checked against its digest on the way. @throws not-found, invalid-argument, data-loss */
export async function extract(context: EngineContext, input: ExtractInput): Promise<void> {
  const { ref, path, title = "", digest = "" } = input;
  if (title !== "" && digest !== "") throw new EngineError("invalid-argument", "cannot specify both digest and title");
  const root = artifactFolder(context);
  await locked(root, "read", async () => {
    const { layers } = findArtifact(await readArtifacts(root), ref).Manifest;
    if (layers.length === 0) throw new EngineError("invalid-argument", "the artifact has no blobs, nothing to extract");
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    const chosen = title !== "" || digest !== "" ? [choose(layers, input)] : layers;
    if (!isFolder && chosen.length > 1) {
      throw new EngineError("invalid-argument", `the artifact consists of several blobs and the target ${JSON.stringify(path)} is not a directory and neither digest or title was specified to only copy a single blob`);
    }
    // All names first: one that is refused must leave nothing behind.
    const targets = chosen.map((layer) => isFolder ? join(path, fileName(layer, digest !== "")) : path);
    for (const [position, layer] of chosen.entries()) await copyFile(join(root, blobPath(layer.digest)), layer, targets[position] ?? path);
  });
}

function titleOf({ annotations }: Descriptor): string { return annotations?.["org.opencontainers.image.title"] ?? ""; }

function choose(layers: readonly Descriptor[], { title = "", digest = "" }: ExtractInput): Descriptor {
  const found = layers.filter((layer) => title === "" ? layer.digest === digest : titleOf(layer) === title);
  const what = title === "" ? `digest ${JSON.stringify(digest)}` : `title ${JSON.stringify(title)}`;
  const [only] = found;
  if (only === undefined) throw new EngineError("not-found", `no blob with the ${what}`);
  if (found.length > 1) throw new EngineError("invalid-argument", `more than one match for the ${what}`);
  return only;
}

/** Titles come from whoever made the artifact: a plain name or nothing. */
function fileName(layer: Descriptor, byDigest: boolean): string {
  const name = byDigest ? "" : titleOf(layer);
  const used = name === "" ? layer.digest.replaceAll(":", "-") : name;
  if (used.includes("/")) throw new EngineError("invalid-argument", `invalid name: ${JSON.stringify(used)} cannot contain /: artifact blob title invalid`);
  if (used === "." || used === ".." || used.includes("\0")) throw new EngineError("invalid-argument", `invalid name: ${JSON.stringify(used)}: artifact blob title invalid`);
  return used;
}

async function copyFile(source: string, layer: Descriptor, target: string): Promise<void> {
  await using file = await open(target, "w", 0o644);
  await writeStream(file, verified(readFileStream(source, 0), layer));
}
