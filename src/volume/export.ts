import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { exportVolume as operation } from "../contract/volume/export.ts";
import type { EngineContext } from "../engine/context.ts";
import { mount } from "./mount.ts";
import { unmount } from "./unmount.ts";

/** Mounts the volume for as long as it is read, when it needs that. @throws not-found/no-such-volume */
export async function* exportVolume(context: EngineContext, { ref }: InputOf<typeof operation.input>, { signal }: CallOptions = {}): AsyncGenerator<Uint8Array> {
  const directory = await mount(context, { ref });
  try {
    const { tarDirectory } = await import("../storage/archive/diff.ts");
    for await (const chunk of tarDirectory({ directory })) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } finally { await unmount(context, { ref }); }
}
