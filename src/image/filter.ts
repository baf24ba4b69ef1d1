/** `--filter` of images: one key's values are alternatives or conditions as Podman has them; `key!=value` negates. */
import { EngineError, messageOf } from "../base/errors.ts";
import type { Filters } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { matchLabels, parseTimestamp } from "../formats/list-filters.ts";
import { parseReference, looksLikeHost } from "../formats/reference.ts";
import type { Store, StoreImage } from "../storage/store.ts";
import { configOf, isManifestList } from "./facts.ts";
import type { Family } from "./family.ts";
import { findImage, lookupImage, manifestDigests, repositoryPart } from "./lookup.ts";
import { matchPath } from "./match-path.ts";

export interface Filtered { readonly image: StoreImage; /** Names to show: a query for one full name shows that one. */ readonly names: readonly string[] }
type Test = (image: StoreImage) => boolean;

/** @throws invalid-argument with Podman's sentences */
export async function filterImages(context: EngineContext, store: Store, family: Family, filters: Filters): Promise<readonly Filtered[]> {
  const tests: Test[] = [];
  for (const [written, values] of Object.entries(filters)) {
    const negate = written.endsWith("!");
    const key = negate ? written.slice(0, -1) : written;
    if (key === "reference") continue;
    checkSingle(key, values);
    const each = await Promise.all(values.map((value) => compile(context, store, family, key, value)));
    tests.push(...each.map((test) => (negate ? (image: StoreImage) => !test(image) : test)));
  }
  const byReference = await referenceTest(context, filters["reference"] ?? [], filters["reference!"] ?? []);
  return store.images().filter((image) => tests.every((test) => test(image))).flatMap((image) => {
    const names = byReference(image);
    return names === undefined ? [] : [{ image, names }];
  });
}

const singles = ["containers", "dangling", "intermediate", "readonly", "manifest"];
function checkSingle(key: string, values: readonly string[]): void {
  if (singles.includes(key) && new Set(values).size > 1) throw bad(`specifying ${JSON.stringify(key)} filter more than once with different values is not supported`);
}

async function compile(context: EngineContext, store: Store, family: Family, key: string, value: string): Promise<Test> {
  switch (key) {
    case "after": case "since": { const time = await createdOf(context, key, value); return (image) => Date.parse(image.created) > time; }
    case "before": { const time = await createdOf(context, key, value); return (image) => Date.parse(image.created) < time; }
    case "until": { const time = parseTimestamp(value); return (image) => Date.parse(image.created) < time; }
    case "containers": return containersTest(context, store, value);
    case "dangling": { const wanted = boolean(key, value); return (image) => family.isDangling(image) === wanted; }
    case "intermediate": { const wanted = boolean(key, value); return (image) => family.isIntermediate(image) === wanted; }
    case "readonly": { const wanted = boolean(key, value); return (image) => image.readOnly === wanted; }
    case "manifest": { const wanted = boolean(key, value); return (image) => isManifestList(store, image) === wanted; }
    case "id": return (image) => image.id.startsWith(value.replace(/^sha256:/, ""));
    case "digest": return digestTest(value);
    case "label": return (image) => matchLabels([value], configOf(store, image)?.config?.Labels ?? {});
    default: throw bad(`invalid image filter ${JSON.stringify(key)}: must be in the format "filter=value or filter!=value"`);
  }
}

function bad(message: string): EngineError { return new EngineError("invalid-argument", message); }

async function createdOf(context: EngineContext, key: string, value: string): Promise<number> {
  try { return Date.parse((await lookupImage(context, value)).image.created); } catch (error) {
    throw bad(`could not find local image for filter ${JSON.stringify(key)}=${JSON.stringify(value)}: ${messageOf(error)}`);
  }
}

/** Go's ParseBool. */
function boolean(key: string, value: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(value)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(value)) return false;
  throw bad(`non-boolean value ${JSON.stringify(value)} for ${key} filter: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
}

/** `external`: used, and only by containers that are not ours. */
function containersTest(context: EngineContext, store: Store, value: string): Test {
  if (!["true", "false", "external"].includes(value)) throw bad(`unsupported value ${JSON.stringify(value)} for containers filter`);
  const users = Map.groupBy(store.containers(), ({ imageId }) => imageId ?? "");
  if (value !== "external") return (image) => users.has(image.id) === (value === "true");
  const own = context.containers();
  return (image) => (users.get(image.id) ?? []).every(({ id }) => own.get(id) === undefined);
}

function digestTest(value: string): Test {
  if (!value.startsWith("sha256:") || value === "sha256:") throw bad(`invalid value ${JSON.stringify(value)} for digest filter`);
  return (image) => manifestDigests(image).some((digest) => digest.startsWith(value));
}

/** Wanted values are alternatives, unwanted ones all must not match. Returns the names to show. */
async function referenceTest(context: EngineContext, wanted: readonly string[], unwanted: readonly string[]): Promise<(image: StoreImage) => readonly string[] | undefined> {
  const compiled = async (values: readonly string[]): Promise<readonly Test[]> => Promise.all(values.map((value) => oneReference(context, value)));
  const [yes, no] = [await compiled(wanted), await compiled(unwanted)];
  const [only] = wanted;
  const query = wanted.length === 1 && unwanted.length === 0 && only !== undefined ? fullName(only) : undefined;
  return (image) => {
    if (no.some((test) => test(image)) || (yes.length > 0 && !yes.some((test) => test(image)))) return undefined;
    return query === undefined ? image.names : image.names.filter((name) => name === query || repositoryPart(name) === query);
  };
}

/** A reference with registry and no pattern: only that name is shown. */
function fullName(value: string): string | undefined {
  try {
    const { domain, tag, digest } = parseReference(value);
    return looksLikeHost(domain) && (tag !== undefined || digest !== undefined) ? value : undefined;
  } catch { return undefined; }
}

async function oneReference(context: EngineContext, value: string): Promise<Test> {
  const found = await findImage(context, value, { list: "prefer" }).catch(() => undefined);
  if (found !== undefined) return (image) => image.id === found.image.id && (image.names.length === 0 || image.names.includes(found.name) || !found.name.includes("/") || found.name.includes("@"));
  return (image) => image.names.some((name) => candidatesOf(name).some((candidate) => matchPath(value, candidate)));
}

/** The forms of a name that a pattern may match: whole, without tag, without registry, and the last part. */
function candidatesOf(name: string): readonly string[] {
  const repository = repositoryPart(name);
  const tail = name.slice(repository.length);
  const parts = repository.split("/");
  const shorter = parts.map((_part, index) => parts.slice(index).join("/"));
  return [...shorter.map((part) => part + tail), ...shorter];
}
