import { EngineError, within } from "../base/errors.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { modify as operation } from "../contract/manifest/modify.ts";
import type { ManifestModifyReport } from "../contract/types/manifest-list.ts";
import type { EngineContext } from "../engine/context.ts";
import { parseDigest } from "../formats/digest.ts";
import { withEntry, withoutEntry, type ListEntry } from "../formats/manifest-list.ts";
import { accessOf } from "../image/access.ts";
import { annotationsOf, entryEdits, indexEdits, refuseMixed, type Edit } from "./annotate.ts";
import { entriesOf } from "./entries.ts";
import { changeList, findList, type Artifacts, type StoredList } from "./list-store.ts";
import { memberDigest } from "./member.ts";
import { openReference } from "./reference.ts";

export type ModifyInput = InputOf<typeof operation.input>;

/** podman-manifest-add(1), -annotate(1) and -remove(1). What is needed is read first; the list changes once, at the end. @throws see the operation */
export async function modify(context: EngineContext, input: ModifyInput, call: CallOptions = {}): Promise<ManifestModifyReport> {
  checkTypes(input);
  const stored = await findList(context, input.name);
  const id = stored.image.id;
  const edits = await editsOf(context, stored, input, call);
  await changeList(context, id, (content) => edits.reduce((changed, edit) => ({ ...changed, ...edit(changed) }), content));
  const { images = [], artifactFiles = [] } = input;
  return { Id: id, ...(images.length === 0 ? {} : { images }), ...(artifactFiles.length === 0 ? {} : { files: artifactFiles }) };
}

async function editsOf(context: EngineContext, stored: StoredList, input: ModifyInput, call: CallOptions): Promise<readonly Edit[]> {
  const { images = [], artifactFiles = [] } = input;
  switch (input.operation.toLowerCase()) {
    case "update": {
      annotationsOf(input);
      const added: Edit[] = [];
      for (const image of images) added.push(...await additionOf(context, image, input, call));
      if (artifactFiles.length > 0) added.push(...await artifactEdits(context, input, call));
      return [...added, ...await indexEdits(context, input, call)];
    }
    case "remove": return images.map((image) => removalOf(image));
    case "annotate": {
      refuseMixed(input);
      const edits: Edit[] = [];
      for (const image of images) {
        const digest = await memberDigest(context, stored, image, input, call).catch((error: unknown) => { throw within(`finding instance for ${JSON.stringify(image)}`, error); });
        edits.push(...entryEdits(digest, input));
      }
      return [...edits, ...await indexEdits(context, input, call)];
    }
    default: throw new EngineError("invalid-argument", `illegal operation ${JSON.stringify(input.operation)}: it must be update, annotate or remove`);
  }
}

async function additionOf(context: EngineContext, image: string, input: ModifyInput, call: CallOptions): Promise<readonly Edit[]> {
  const opened = await openReference(context, image, { ...call, access: accessOf(context, input), what: "image to add to manifest list" });
  await using _source = opened.source;
  const entries = await entriesOf(opened, input.all === true);
  const [first] = entries;
  return [(content) => added(content, entries, opened.text), ...(first === undefined ? [] : entryEdits(first.digest, input))];
}

function added({ list, instances, artifacts }: StoredList, entries: readonly ListEntry[], text: string): ReturnType<Edit> {
  const known = Object.fromEntries(entries.map(({ digest }) => [digest, instances[digest] ?? text]));
  return { list: entries.reduce(withEntry, list), instances: { ...instances, ...known }, artifacts };
}

async function artifactEdits(context: EngineContext, input: ModifyInput, call: CallOptions): Promise<readonly Edit[]> {
  const { makeArtifact } = await import("./artifact.ts");
  const { entry, artifacts: made } = await makeArtifact(context, input, call);
  return [({ list, instances, artifacts }) => ({ list: withEntry(list, entry), instances, artifacts: joined(artifacts, made) }), ...entryEdits(entry.digest, input)];
}

function joined(old: Artifacts, made: Required<Artifacts>): Artifacts {
  return {
    manifests: { ...old.manifests, ...made.manifests }, files: { ...old.files, ...made.files }, config: { ...old.config, ...made.config },
    layers: { ...old.layers, ...made.layers }, detached: { ...old.detached, ...made.detached }, blobs: { ...old.blobs, ...made.blobs },
  };
}

function removalOf(image: string): Edit {
  try { parseDigest(image); } catch (error) { throw new EngineError("invalid-argument", `invalid image digest ${JSON.stringify(image)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error }); }
  return ({ list, instances, artifacts }) => {
    const { [image]: _gone, ...rest } = instances;
    return { list: withoutEntry(list, image), instances: rest, artifacts: without(artifacts, image) };
  };
}

/** Files and blobs stay: other artifacts may need them. */
function without(artifacts: Artifacts, digest: string): Artifacts {
  const drop = <T>(map: Readonly<Record<string, T>> | undefined): Record<string, T> => Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => key !== digest));
  return artifacts.manifests?.[digest] === undefined ? artifacts
    : { ...artifacts, manifests: drop(artifacts.manifests), files: drop(artifacts.files), config: drop(artifacts.config), layers: drop(artifacts.layers) };
}

/** The body of a request is whatever a client sent. @throws invalid-argument */
function checkTypes(input: ModifyInput): void {
  for (const [name, value] of Object.entries(input as Readonly<Record<string, unknown>>)) {
    const isRight = value === undefined || value === null || typesOf[name]?.(value) !== false;
    if (!isRight) throw new EngineError("invalid-argument", `${name}: a value of the wrong type`);
  }
}
const isText = (value: unknown): boolean => typeof value === "string";
const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isMap = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
const isBoolean = (value: unknown): boolean => typeof value === "boolean";
const typesOf: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: isText, operation: isText, images: isList, all: isBoolean, annotation: isList, annotations: isMap, arch: isText, features: isList, os: isText, osFeatures: isList, osVersion: isText,
  variant: isText, indexAnnotation: isList, indexAnnotations: isMap, subject: isText, artifactType: isText, artifactLayerType: isText, artifactConfigType: isText, artifactConfig: isText,
  artifactExcludeTitles: isBoolean, artifactAnnotations: isMap, artifactSubject: isText, artifactFiles: isList,
};
