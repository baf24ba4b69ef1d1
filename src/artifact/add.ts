import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { EngineError, isErrno } from "../base/errors.ts";
import type { add as operation } from "../contract/artifact/operations.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import { mediaTypes, type Descriptor, type ImageManifest } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { goJson } from "../formats/manifest-write.ts";
import { openLayoutDestination } from "../transports/oci-layout.ts";
import type { ImageDestination } from "../transports/types.ts";
import { streamOf } from "../transports/verify.ts";
import { remove } from "./remove.ts";
import { detectMediaType, sniffBytes } from "./sniff.ts";
import { artifactFolder, findArtifact, locked, readArtifacts, removeBlobs, type Stored } from "./store.ts";

type AddInput = InputOf<typeof operation.input>;

const title = "org.opencontainers.image.title";
const created = "org.opencontainers.image.created";
const emptyConfig: Descriptor = { mediaType: "application/vnd.oci.empty.v1+json", digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", size: 2, data: "e30=" };

/** podman-artifact-add(1). The index changes last: an interrupted call leaves at most blobs. @throws see the operation */
export async function add(context: EngineContext, input: AddInput, { signal }: CallOptions = {}): Promise<{ readonly ArtifactDigest: string }> {
  const { name, append, replace, paths = [] } = input;
  if (name === "") throw new EngineError("invalid-argument", "artifact name cannot be empty");
  if (append === true && replace === true) throw new EngineError("invalid-argument", "--append and --replace options cannot be used together");
  if (append === true && (input.type ?? "") !== "") throw new EngineError("invalid-argument", "append option is not compatible with type option");
  const root = artifactFolder(context);
  if (replace === true) await remove(context, { refs: [name], ignore: true });
  return locked(root, "write", async () => {
    const artifacts = await readArtifacts(root);
    const before = append === true ? findArtifact(artifacts, name) : undefined;
    if (before === undefined && artifacts.some(({ Name }) => Name === name)) throw new EngineError("already-exists", `${name}: artifact already exists`);
    refuseTwins(before, paths);
    await using destination = await openLayoutDestination({ transport: "oci", display: `oci:${root}:${name}` }, root, before?.Name ?? name);
    const layers = [...before?.Manifest.layers ?? []];
    for (const path of paths) layers.push(await putFile(destination, path, input, layers));
    await destination.put(emptyConfig, streamOf(Buffer.from("{}")));
    const bytes = Buffer.from(goJson(before === undefined ? newManifest(input, layers) : { ...before.Manifest, layers }));
    await destination.putManifest(bytes, mediaTypes.ociManifest);
    await destination.commit();
    if (before !== undefined) await removeBlobs(root, [before]);
    return { ArtifactDigest: `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}` };
  }, signal);
}

function refuseTwins(before: Stored | undefined, paths: readonly string[]): void {
  const names = new Set(before?.Manifest.layers.map(({ annotations }) => annotations?.[title] ?? "").filter((each) => each !== ""));
  for (const name of paths.map((path) => basename(path))) {
    if (names.has(name)) throw new EngineError("already-exists", `${name}: file already exists in artifact`);
    names.add(name);
  }
}

function newManifest({ type = "", annotations = {} }: AddInput, layers: readonly Descriptor[]): ImageManifest {
  const all = { ...annotations, [created]: new Date().toISOString() };
  return { schemaVersion: 2, mediaType: mediaTypes.ociManifest, ...(type === "" ? {} : { artifactType: type }), config: emptyConfig, layers, annotations: sorted(all) };
}

async function putFile(destination: ImageDestination, path: string, { fileType = "", annotations = {} }: AddInput, layers: readonly Descriptor[]): Promise<Descriptor> {
  const given = annotations[title];
  if (given !== undefined && layers.some((layer) => layer.annotations?.[title] === given)) throw new EngineError("invalid-argument", `duplicate layers ${title} labels within an artifact not allowed`);
  const mediaType = fileType === "" ? detectMediaType(await firstBytes(path)) : fileType;
  const { digest, size } = await destination.put({ mediaType }, createReadStream(path));
  return { mediaType, digest, size, annotations: sorted({ [title]: basename(path), ...annotations }) };
}

async function firstBytes(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (isErrno(error, "ENOENT")) throw new EngineError("not-found", `open ${path}: no such file or directory`, { cause: error });
    throw error;
  }
}

function sorted(table: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

