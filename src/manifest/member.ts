import { basename } from "node:path";
import { within } from "../base/errors.ts";
import type { CallOptions } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { isDigest } from "../formats/digest.ts";
import { accessOf } from "../image/access.ts";
import { lookupImage } from "../image/lookup.ts";
import { openSource } from "../image/open-source.ts";
import { parseLocation } from "../transports/location.ts";
import type { ImageLocation } from "../transports/types.ts";
import type { StoredList } from "./list-store.ts";
import type { ModifyInput } from "./modify.ts";

/** Which entry a word names: a digest, a file of an artifact, else an image by its manifest. @throws not-found */
export async function memberDigest(context: EngineContext, { list, artifacts }: StoredList, name: string, input: ModifyInput, call: CallOptions): Promise<string> {
  if (isDigest(name)) return name;
  const byFile = (list.manifests ?? []).find(({ digest }) => {
    const files = artifacts.files?.[digest] ?? [];
    return files.includes(name) || files.some((file) => basename(file) === basename(name));
  });
  if (byFile !== undefined) return byFile.digest;
  const what = `reading local image ${JSON.stringify(name)} to check if it's in the manifest list`;
  const location = parseLocation(name) ?? dockerLocation(name) ?? await localLocation(context, name);
  const source = await openSource(context, location, accessOf(context, input), call).catch((error: unknown) => { throw within(what, error); });
  await using _source = source;
  return (await source.manifest()).digest;
}

function dockerLocation(name: string): ImageLocation | undefined {
  try { return parseLocation(`docker://${name}`); } catch { return undefined; }
}
async function localLocation(context: EngineContext, name: string): Promise<ImageLocation> {
  const { image } = await lookupImage(context, name, { list: "prefer" });
  return { transport: "containers-storage", display: `containers-storage:${name}`, reference: image.id };
}
