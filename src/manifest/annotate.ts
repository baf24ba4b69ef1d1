/** What may be said of an entry of a list and of the list itself, as changes. Pure but for the subject, which is looked up. */
import { EngineError } from "../base/errors.ts";
import type { CallOptions } from "../contract/kit.ts";
import type { Descriptor, Platform } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { changeEntry, plainPlatform, type ListEntry } from "../formats/manifest-list.ts";
import { isIndexType, parseManifest } from "../formats/manifest.ts";
import { accessOf } from "../image/access.ts";
import type { ListContent, StoredList } from "./list-store.ts";
import type { ModifyInput } from "./modify.ts";
import { openReference } from "./reference.ts";

export type Edit = (content: StoredList) => ListContent;

/** @throws invalid-argument for text without `=`, and for both forms at once */
export function annotationsOf({ annotation = [], annotations }: Pick<ModifyInput, "annotation" | "annotations">): Readonly<Record<string, string>> {
  return merged(annotations, annotation, "Annotation");
}
function indexAnnotationsOf({ indexAnnotation = [], indexAnnotations }: ModifyInput): Readonly<Record<string, string>> { return merged(indexAnnotations, indexAnnotation, "IndexAnnotation"); }

function merged(map: Readonly<Record<string, string>> | undefined, texts: readonly string[], what: string): Readonly<Record<string, string>> {
  if (texts.length === 0) return map ?? {};
  if (Object.keys(map ?? {}).length > 0) throw new EngineError("invalid-argument", `can not set both ${what} and ${what}s`);
  return Object.fromEntries(texts.map((text) => {
    const equals = text.indexOf("=");
    if (equals < 0) throw new EngineError("invalid-argument", `no value given for annotation ${JSON.stringify(text)}`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  }));
}

/** Nothing to say is no change. */
export function entryEdits(digest: string, input: ModifyInput): readonly Edit[] {
  const annotations = annotationsOf(input);
  const { features = [], osFeatures = [], os = "", osVersion = "", arch = "", variant = "" } = input;
  if (Object.keys(annotations).length === 0 && features.length === 0 && osFeatures.length === 0 && [os, osVersion, arch, variant].every((text) => text === "")) return [];
  const change = (entry: ListEntry): ListEntry => ({
    ...entry, platform: platformWith(entry.platform ?? { architecture: "", os: "" }, input), ...(features.length === 0 ? {} : { features }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...entry.annotations, ...annotations } }),
  });
  return [(content) => ({ ...content, list: changeEntry(content.list, digest, change) })];
}

/** Another architecture means another variant: what was there is gone. */
function platformWith(old: Platform, { os = "", osVersion = "", osFeatures = [], arch = "", variant = "" }: ModifyInput): Platform {
  return plainPlatform({
    ...old, ...(os === "" ? {} : { os }), ...(osVersion === "" ? {} : { "os.version": osVersion }), ...(osFeatures.length === 0 ? {} : { "os.features": osFeatures }),
    ...(arch === "" ? {} : { architecture: arch }), ...(arch === "" && variant === "" ? {} : { variant }),
  });
}

export async function indexEdits(context: EngineContext, input: ModifyInput, call: CallOptions): Promise<readonly Edit[]> {
  const annotations = indexAnnotationsOf(input);
  const subject = (input.subject ?? "") === "" ? undefined : await descriptorOf(context, input.subject ?? "", "subject for image index", input, call);
  if (subject === undefined && Object.keys(annotations).length === 0) return [];
  return [(content) => ({ ...content, list: { ...content.list, ...(subject === undefined ? {} : { subject }), annotations: { ...content.list.annotations, ...annotations } } })];
}

/** The manifest that `name` stands for, described. @throws not-found */
export async function descriptorOf(context: EngineContext, name: string, what: string, input: ModifyInput, call: CallOptions): Promise<Descriptor> {
  const { source } = await openReference(context, name, { ...call, access: accessOf(context, input), what, lookup: { list: "prefer" } });
  await using _source = source;
  const { bytes, digest, mediaType } = await source.manifest();
  const parsed = parseManifest(bytes, mediaType);
  const artifactType = isIndexType(parsed.mediaType) || parsed.kind === "index" ? "" : parsed.image.artifactType ?? "";
  return { mediaType: parsed.mediaType, digest, size: bytes.length, ...(artifactType === "" ? {} : { artifactType }) };
}

/** @throws invalid-argument in Podman's words when entries and the list are spoken of at once */
export function refuseMixed(input: ModifyInput): void {
  const { images = [] } = input;
  const said = (value: unknown): boolean => (typeof value === "object" && value !== null ? Object.keys(value).length > 0 : value !== undefined && value !== "");
  if (images.length > 0) {
    if (said(input.indexAnnotations) || said(input.indexAnnotation)) throw new EngineError("invalid-argument", "setting index-wide annotation in a manifest list requires no instance digest");
    if (said(input.subject)) throw new EngineError("invalid-argument", "setting subject for a manifest list requires no instance digest");
    return;
  }
  const needs: readonly (readonly [string, unknown])[] = [
    ["annotation", input.annotations], ["annotation", input.annotation], ["architecture", input.arch], ["features", input.features], ["OS", input.os], ["OS features", input.osFeatures],
    ["OS version", input.osVersion], ["variant", input.variant],
  ];
  const first = needs.find(([, value]) => said(value));
  if (first !== undefined) throw new EngineError("invalid-argument", `setting ${first[0]} on an item in a manifest list requires an instance digest`);
}
