import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { exportRoot as operation } from "../contract/container/export.ts";
import type { EngineContext } from "../engine/context.ts";
import { anyContainer } from "./mount.ts";
import { emitContainer } from "./sync.ts";

/** A tar of the mounted root: what tar(1) sees, so that layers below are in it. Unmounts when the reader stops. */
export async function* exportRoot(context: EngineContext, { ref }: InputOf<typeof operation.input>, { signal }: CallOptions = {}): AsyncGenerator<Uint8Array> {
  const id = await anyContainer(context, ref);
  const store = await context.store();
  const root = await store.mountContainer(id);
  try {
    const { tarDirectory } = await import("../storage/archive/diff.ts");
    for await (const chunk of tarDirectory({ directory: root })) {
      signal?.throwIfAborted();
      yield chunk;
    }
    const record = context.containers().get(id);
    if (record !== undefined) await emitContainer(context, record, "export");
  } finally { await store.unmountContainer(id); }
}
