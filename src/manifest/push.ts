import { EngineError, messageOf, within } from "../base/errors.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { push as operation } from "../contract/manifest/push.ts";
import type { ManifestPushItem } from "../contract/types/manifest-list.ts";
import type { EngineContext } from "../engine/context.ts";
import { accessOf } from "../image/access.ts";
import { sendImage } from "../image/push.ts";
import { progressItems, streamItems } from "../image/report-stream.ts";
import { parseLocation } from "../transports/location.ts";
import type { CopyOptions, ImageLocation } from "../transports/types.ts";
import { findList } from "./list-store.ts";
import { openListSource } from "./source.ts";

type PushInput = InputOf<typeof operation.input>;

/** podman-manifest-push(1); the last item has the digest that the list has at its destination. @throws see the operation */
export async function* push(context: EngineContext, input: PushInput, call: CallOptions = {}): AsyncIterable<ManifestPushItem> {
  yield* streamItems<ManifestPushItem>(async (report, signal) => {
    const stored = await findList(context, input.name).catch((error: unknown) => { throw within(`retrieving local image from image name ${input.name}`, error); });
    const location = locationOf(input.destination);
    const onProgress = input.quiet === true ? undefined : progressItems(report);
    const inner = { signal, ...(onProgress === undefined ? {} : { onProgress }) };
    const event = { type: "image", status: "push", id: stored.image.id, name: input.destination } as const;
    try {
      await using source = await openListSource(context, stored, accessOf(context, input), inner);
      const { addCompression: named, ...options } = input;
      const addCompression = addedCompressions(named ?? context.config.engine.addCompression);
      const Id = await sendImage(context, { ...options, ...(addCompression.length === 0 ? {} : { addCompression }) }, { source, names: stored.image.names, tags: [], whole: input.all === false ? "sparse" : true }, location, inner);
      await context.emit(event);
      report({ Id });
    } catch (error) {
      await context.emit({ ...event, error: messageOf(error) });
      throw error;
    }
  }, call.signal);
}

function locationOf(destination: string): ImageLocation {
  const location = parseLocation(destination) ?? parseLocation(`docker://${destination}`);
  if (location === undefined) throw new EngineError("invalid-argument", `invalid destination ${JSON.stringify(destination)}`);
  return location;
}

/** @throws invalid-argument for what nobody can write */
function addedCompressions(names: readonly string[]): NonNullable<CopyOptions["addCompression"]> {
  return names.filter((name) => name !== "").map((name) => {
    if (name === "gzip" || name === "zstd" || name === "zstd:chunked") return name;
    throw new EngineError("invalid-argument", `requested algorithm ${name} is not supported for replication: cannot find compressor for ${JSON.stringify(name)}`);
  });
}
