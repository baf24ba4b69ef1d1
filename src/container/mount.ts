import { isEngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { mount as operation } from "../contract/container/mount.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { emitContainer, sync } from "./sync.ts";

/** Also mounts containers of others in the store (Buildah's). @throws not-found/no-such-container */
export async function mount(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<string> {
  const id = await anyContainer(context, ref);
  const store = await context.store();
  if (context.containers().get(id) === undefined) return store.mountContainer(id);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  if (record.state.status === "removing") throw stateImproper(`cannot mount container ${id} as it is being removed`);
  const { rootfs } = record.config.create;
  const path = rootfs !== undefined ? (await import("./rootfs.ts")).mountRootfs(record, rootfs) : await store.mountContainer(id);
  await emitContainer(context, record, "mount");
  return path;
}

/** Id of one of ours, else of one in the store. */
export async function anyContainer(context: EngineContext, ref: string): Promise<string> {
  try { return context.containers().resolveId(ref); } catch (error) {
    if (!isEngineError(error, "no-such-container")) throw error;
    try { return (await context.store()).container(ref).id; } catch { throw error; }
  }
}
