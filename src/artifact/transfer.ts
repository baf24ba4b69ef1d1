/** Artifacts to and from registries, byte for byte. */
import { EngineError, within } from "../base/errors.ts";
import type { pull as pullOperation, push as pushOperation } from "../contract/artifact/operations.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { accessOf, admission, copyOptionsOf, decrypting } from "../image/access.ts";
import { signing } from "../image/push-sign.ts";
import { copyImage } from "../transports/copy.ts";
import { openDockerDestination } from "../transports/docker/destination.ts";
import { openDockerSource } from "../transports/docker/source.ts";
import { parseLocation } from "../transports/location.ts";
import { folderReader, openLayoutDestination, openLayoutSource } from "../transports/oci-layout.ts";
import type { ImageLocation } from "../transports/types.ts";
import { artifactFolder, findArtifact, locked, readArtifacts, removeBlobs } from "./store.ts";

interface Transferred { readonly ArtifactDigest: string }

/** podman-artifact-pull(1): policy.json is asked as for images. @throws see the operation */
export async function pull(context: EngineContext, input: InputOf<typeof pullOperation.input>, call: CallOptions = {}): Promise<Transferred> {
  const { location, reference } = registryName(input.name);
  const root = artifactFolder(context);
  const judged = admission(context, { transport: "docker", scope: reference, reference });
  return locked(root, "write", async () => {
    const before = (await readArtifacts(root)).filter(({ Name }) => Name === input.name);
    const source = await openDockerSource({ location, reference, access: accessOf(context, input), env: context.env, ...(call.signal === undefined ? {} : { signal: call.signal }) })
      .catch((error: unknown) => { throw within(`initializing source ${location.display}`, error); });
    await using _source = source;
    await using destination = await openLayoutDestination({ transport: "oci", display: `oci:${root}:${input.name}` }, root, input.name);
    // Layouts keep no signatures; they were looked at by the policy.
    const { manifest } = await copyImage(source, { ...destination, layers: "keep" }, { ...copyOptionsOf(context, input, call), ...judged, ...await decrypting(context, input.decryptionKeys), removeSignatures: true });
    await removeBlobs(root, before);
    return { ArtifactDigest: manifest.digest };
  }, call.signal);
}

/** podman-artifact-push(1). @throws see the operation */
export async function push(context: EngineContext, input: InputOf<typeof pushOperation.input>, call: CallOptions = {}): Promise<Transferred> {
  const root = artifactFolder(context);
  const { location, reference } = registryName(input.name);
  return locked(root, "read", async () => {
    const artifacts = await readArtifacts(root);
    const found = findArtifact(artifacts, input.name);
    const place: ImageLocation = { transport: "oci", display: `oci:${root}:${input.name}`, path: root };
    await using source = await openLayoutSource(place, folderReader(root), `@${artifacts.indexOf(found)}`);
    await using destination = openDockerDestination({ location, reference, access: accessOf(context, input), env: context.env, ...(call.signal === undefined ? {} : { signal: call.signal }) });
    const { manifest } = await copyImage(source, { ...destination, layers: "keep" }, { ...copyOptionsOf(context, input, call), ...signing(context, input, location, call) });
    return { ArtifactDigest: manifest.digest };
  }, call.signal);
}

function registryName(name: string): { readonly location: ImageLocation; readonly reference: string } {
  if (name === "") throw new EngineError("invalid-argument", "artifact name cannot be empty");
  const location = parseLocation(`docker://${name}`);
  if (location?.reference === undefined) throw new EngineError("invalid-argument", `invalid artifact name ${JSON.stringify(name)}`);
  return { location, reference: location.reference };
}
