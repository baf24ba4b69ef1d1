import { EngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { tag as tagOperation } from "../contract/image/tag.ts";
import type { untag as untagOperation } from "../contract/image/untag.ts";
import type { EngineContext } from "../engine/context.ts";
import { formatReference, normalizeLocal } from "../formats/reference.ts";
import { lookupImage } from "./lookup.ts";

/** Adds a name; the store takes it from any other image. Idempotent. @throws not-found/no-such-image, invalid-argument */
export async function tag(context: EngineContext, { ref, repo, tag: tagName }: InputOf<typeof tagOperation.input>): Promise<void> {
  const { image } = await lookupImage(context, ref, { list: "prefer" });
  const typed = joined(repo, tagName);
  if (typed.startsWith("sha256:")) throw new EngineError("invalid-argument", `${typed}: tag by digest not supported`);
  const reference = normalizeLocal(typed);
  if (reference.digest !== undefined) throw new EngineError("invalid-argument", `${typed}: tag by digest not supported`);
  const name = formatReference(reference);
  const store = await context.store();
  if (!image.names.includes(name)) await store.changeImageNames(image.id, (names) => [name, ...names.filter((other) => other !== name)]);
  await context.emit({ type: "image", status: "tag", id: image.id, name: typed });
}

/** Takes a name away, or all. @throws not-found (`…: tag not known`), invalid-argument */
export async function untag(context: EngineContext, { ref, repo, tag: tagName }: InputOf<typeof untagOperation.input>): Promise<void> {
  const { image } = await lookupImage(context, ref, { list: "prefer" });
  const typed = joined(repo ?? "", tagName);
  const names = typed === "" ? image.names : [await untagOne(context, image.id, image.names, typed)];
  if (typed !== "") return;
  await (await context.store()).changeImageNames(image.id, () => []);
  for (const name of names) await context.emit({ type: "image", status: "untag", id: image.id, name });
}

/** Removes one name that the image must have; returns it in full. Also used by `rmi`. */
export async function untagOne(context: EngineContext, id: string, names: readonly string[], typed: string): Promise<string> {
  if (typed.startsWith("sha256:")) throw new EngineError("invalid-argument", `${typed}: untag by digest not supported`);
  const name = formatReference(normalizeLocal(typed));
  const unknown = (): EngineError => new EngineError("not-found", `${name}: tag not known`);
  if (!names.includes(name)) throw unknown();
  await (await context.store()).changeImageNames(id, (present) => {
    if (!present.includes(name)) throw unknown();
    return present.filter((other) => other !== name);
  });
  await context.emit({ type: "image", status: "untag", id, name });
  return name;
}

function joined(repo: string, tagName: string | undefined): string { return tagName === undefined || tagName === "" ? repo : `${repo}:${tagName}`; }
