/** Which local image a word means: an id, a digest, a full name, a short name. Order and errors are Podman's. */
import { EngineError, isEngineError, messageOf } from "../base/errors.ts";
import { dropTagIfDigested, formatReference, isFullId, isShortName, nameOf, parseNormalized, parseReference, withDefaultTag, type Reference } from "../formats/reference.ts";
import type { Platform } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Store, StoreImage } from "../storage/store.ts";

/** `name` is the name that matched, or the word itself for an id. */
export interface FoundImage { readonly image: StoreImage; readonly name: string }

export function unknownImage(ref: string): EngineError { return new EngineError("not-found", `${ref}: image not known`, { reason: "no-such-image" }); }

export interface LookupOptions {
  /**
   * What a name of a manifest list means. Absent: its image for this machine or `platform`. `fallback`: that, else the list itself.
   * `prefer`: the list. `only`: the list, and other images are refused.
   */
  readonly list?: "fallback" | "prefer" | "only";
  readonly platform?: Platform;
}

/** @throws not-found/no-such-image `…: image not known`, invalid-argument `parsing reference "…": …` */
export async function lookupImage(context: EngineContext, ref: string, options: LookupOptions = {}): Promise<FoundImage> {
  const found = await search(context, ref, options);
  if (found === undefined) throw unknownImage(ref);
  return found;
}

/** @throws invalid-argument, failed-precondition/ambiguous-ref */
export async function findImage(context: EngineContext, ref: string, options: LookupOptions = {}): Promise<FoundImage | undefined> {
  try { return await search(context, ref, options); } catch (error) {
    if (isEngineError(error, "no-such-image")) return undefined;
    throw error;
  }
}

async function search(context: EngineContext, ref: string, options: LookupOptions): Promise<FoundImage | undefined> {
  const found = await searchStore(context, ref);
  if (found === undefined) return undefined;
  if (!mayBeList(found.image)) return options.list === "only" ? (await import("./list-instance.ts")).refuseImage(found) : found;
  return (await import("./list-instance.ts")).meantByList(await context.store(), found, options);
}

/** What containers/common keeps beside a manifest list; no other image has it, so most images are told apart without reading them. */
function mayBeList({ bigDataNames }: StoreImage): boolean { return bigDataNames.includes(instancesKey); }
export const instancesKey = "instances.json";

async function searchStore(context: EngineContext, ref: string): Promise<FoundImage | undefined> {
  const store = await context.store();
  const word = ref.startsWith("containers-storage:") ? ref.slice("containers-storage:".length) : ref;
  const byId = findById(store, word);
  if (byId !== "not an id") return byId === undefined ? undefined : { image: byId, name: word };
  const reference = parseOr(word);
  const short = reference === undefined ? word : formatReference(dropTagIfDigested(reference));
  const named = reference === undefined ? undefined : await findByName(context, store, short, reference);
  if (named !== undefined) return named;
  const prefix = /^[0-9a-f]{1,64}$/.test(word) ? store.findImage(word) : undefined;
  if (prefix !== undefined) return { image: prefix, name: word };
  return reference === undefined || !isShortName(short) ? undefined : findFuzzy(store, dropTagIfDigested(reference));
}

function parseOr(word: string): Reference {
  try { return parseReference(word); } catch (error) {
    throw new EngineError("invalid-argument", `parsing reference ${JSON.stringify(word)}: ${messageOf(error)}`);
  }
}

/** Full ids and `sha256:…` name nothing else. */
function findById(store: Store, word: string): StoreImage | undefined | "not an id" {
  const isDigest = word.startsWith("sha256:");
  const hex = isDigest ? word.slice("sha256:".length) : word;
  if (isDigest && !isFullId(hex)) throw new EngineError("invalid-argument", `${word}: invalid format: no 64-byte hexadecimal value`);
  return isFullId(hex) ? store.findImage(hex) : "not an id";
}

async function findByName(context: EngineContext, store: Store, short: string, reference: Reference): Promise<FoundImage | undefined> {
  if (!isShortName(short)) return findExact(store, formatReference(withDefaultTag(parseNormalized(short))));
  // Reading registries.conf takes longer than all the rest. When one image only ends in the wanted name, no alias or search list can prefer another.
  const ending = endingIn(store, dropTagIfDigested(reference));
  const only = ending.length > 0 && new Set(ending.map(({ image }) => image.id)).size === 1 ? ending[0] : undefined;
  if (only !== undefined) return only;
  for (const candidate of [...await aliasesAndSearch(context, short), formatReference(withDefaultTag(parseNormalized(short)))]) {
    const found = findExact(store, candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function aliasesAndSearch(context: EngineContext, short: string): Promise<readonly string[]> {
  const [{ loadRegistries }, { localCandidates }, { shortNameFile }, { readHostFacts }] = await Promise.all([
    import("../config/registries.ts"), import("../config/short-names.ts"), import("../config/short-name-file.ts"), import("../config/rootless.ts"),
  ]);
  const facts = readHostFacts(context.env);
  return localCandidates(short, loadRegistries(context.env, facts), shortNameFile(context.env, facts));
}

function findExact(store: Store, name: string): FoundImage | undefined {
  const image = store.findImage(name);
  return image === undefined ? undefined : { image, name };
}

/** Every image with a name that ends in the wanted repository (on a slash) and has its tag or digest. */
function endingIn(store: Store, reference: Reference): readonly FoundImage[] {
  const { tag, digest } = withDefaultTag(reference);
  const wanted = nameOf(reference);
  return store.images().flatMap((image) => {
    const names = image.names.filter((name) => matchesName(name, wanted, tag));
    const first = digest === undefined || hasDigest(image, digest) ? names[0] : undefined;
    return first === undefined ? [] : [{ image, name: digest === undefined ? first : `${repositoryPart(first)}@${digest}` }];
  });
}

function matchesName(name: string, wanted: string, tag: string | undefined): boolean {
  if (tag !== undefined && !name.endsWith(`:${tag}`)) return false;
  const repository = repositoryPart(name);
  return repository === wanted || repository.endsWith(`/${wanted}`);
}

/** Docker's old way: the first image whose name ends in the wanted one. */
function findFuzzy(store: Store, reference: Reference): FoundImage | undefined { return endingIn(store, reference)[0]; }

/** A stored name without tag and digest. */
export function repositoryPart(name: string): string {
  const at = name.indexOf("@");
  const plain = at < 0 ? name : name.slice(0, at);
  const colon = plain.lastIndexOf(":");
  return colon > plain.lastIndexOf("/") ? plain.slice(0, colon) : plain;
}

/** Digests of the image's own manifest and of those it came in. */
export function manifestDigests(image: StoreImage): readonly string[] {
  const stored = Object.entries(image.bigDataDigests).filter(([name]) => name.startsWith("manifest")).map(([, digest]) => digest);
  return [...new Set([...(image.digest === undefined ? [] : [image.digest]), ...stored])];
}
function hasDigest(image: StoreImage, digest: string): boolean { return manifestDigests(image).includes(digest); }
