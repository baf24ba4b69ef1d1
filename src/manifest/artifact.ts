/** An artifact made of local files: its manifest is kept with the list, the files stay where they are until the list is pushed. */
import { createReadStream } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { within } from "../base/errors.ts";
import type { CallOptions } from "../contract/kit.ts";
import { mediaTypes, type Descriptor } from "../contract/types/oci.ts";
import { detectMediaType, sniffBytes } from "../artifact/sniff.ts";
import type { EngineContext } from "../engine/context.ts";
import { digestOf } from "../formats/digest.ts";
import { ociDescriptor, type ListEntry } from "../formats/manifest-list.ts";
import { goJson, sortedMap } from "../formats/manifest-write.ts";
import { Meter } from "../transports/verify.ts";
import { descriptorOf } from "./annotate.ts";
import type { Artifacts } from "./list-store.ts";
import type { ModifyInput } from "./modify.ts";

const defaultType = "application/vnd.unknown.artifact.v1";
const title = "org.opencontainers.image.title";
const emptyConfig: Descriptor & { readonly data: string } = {
  mediaType: "application/vnd.oci.empty.v1+json", digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", size: 2, data: "e30=",
};

export interface MadeArtifact { readonly entry: ListEntry; readonly artifacts: Required<Artifacts> }

/** @throws not-found for a missing file */
export async function makeArtifact(context: EngineContext, input: ModifyInput, call: CallOptions): Promise<MadeArtifact> {
  const { artifactType = defaultType, artifactAnnotations = {}, artifactSubject = "", artifactFiles = [] } = input;
  const subject = artifactSubject === "" ? undefined : await descriptorOf(context, artifactSubject, "subject for artifact manifest", input, call);
  const paths = [...new Set(artifactFiles.map((file) => resolve(file)))];
  const layers: Descriptor[] = [];
  for (const path of paths) layers.push(await describe(path, input));
  const config = configOf(input);
  const text = goJson({
    schemaVersion: 2, mediaType: mediaTypes.ociManifest, ...(artifactType === "" ? {} : { artifactType }), config: ociDescriptor(config), layers: layers.map(ociDescriptor),
    ...(subject === undefined ? {} : { subject: ociDescriptor(subject) }), ...(Object.keys(artifactAnnotations).length === 0 ? {} : { annotations: sortedMap(artifactAnnotations) }),
  });
  const digest = digestOf(text);
  return {
    entry: { mediaType: mediaTypes.ociManifest, digest, size: Buffer.byteLength(text), ...(artifactType === "" ? {} : { artifactType }) },
    artifacts: {
      manifests: { [digest]: text }, files: { [digest]: paths }, config: { [digest]: config.digest }, layers: { [digest]: layers.map((layer) => layer.digest) },
      detached: Object.fromEntries(layers.map((layer, index) => [layer.digest, paths[index] ?? ""])), blobs: { [config.digest]: config.data },
    },
  };
}

function configOf({ artifactConfig = "", artifactConfigType = "" }: ModifyInput): typeof emptyConfig {
  if (artifactConfig === "") return artifactConfigType === "" ? emptyConfig : { ...emptyConfig, mediaType: artifactConfigType };
  const bytes = Buffer.from(artifactConfig);
  return { mediaType: artifactConfigType === "" ? mediaTypes.ociConfig : artifactConfigType, digest: digestOf(bytes), size: bytes.length, data: bytes.toString("base64") };
}

async function describe(path: string, { artifactLayerType = "", artifactExcludeTitles }: ModifyInput): Promise<Descriptor> {
  const meter = new Meter();
  const head: Uint8Array[] = [];
  let seen = 0;
  try {
    for await (const chunk of meter.through(createReadStream(path) as AsyncIterable<Uint8Array>)) {
      if (seen < sniffBytes) head.push(chunk.subarray(0, sniffBytes));
      seen += chunk.length;
    }
  } catch (error) { throw within(`reading ${JSON.stringify(path)} to determine its digest`, error); }
  const mediaType = artifactLayerType === "" ? byExtension[extname(path).toLowerCase()] ?? detectMediaType(Buffer.concat(head)).replace(/;.*$/, "") : artifactLayerType;
  return { mediaType, ...meter.result(), ...(artifactExcludeTitles === true ? {} : { annotations: { [title]: basename(path) } }) };
}

/** Endings that Go knows without a table of the system. */
const byExtension: Readonly<Record<string, string>> = {
  ".avif": "image/avif", ".css": "text/css", ".gif": "image/gif", ".htm": "text/html", ".html": "text/html", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "text/javascript", ".json": "application/json",
  ".mjs": "text/javascript", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml", ".txt": "text/plain", ".wasm": "application/wasm", ".webp": "image/webp", ".xml": "text/xml",
};
