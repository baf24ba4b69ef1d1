import type { InputOf } from "../contract/kit.ts";
import type { unmount as operation } from "../contract/container/unmount.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { anyContainer } from "./mount.ts";
import { isAlive } from "./record.ts";
import { emitContainer, sync } from "./sync.ts";

/** Undoes one mount; `force` all. @throws conflict/container-state for the mount that a running container needs */
export async function unmount(context: EngineContext, { ref, force }: InputOf<typeof operation.input>): Promise<void> {
  const id = await anyContainer(context, ref);
  const store = await context.store();
  if (context.containers().get(id) === undefined) return void await store.unmountContainer(id, force === true);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  if (isAlive(record.state.status) || record.state.status === "initialized") {
    throw stateImproper(`cannot unmount storage for container ${id} as it is running or paused`, "container-running");
  }
  if (record.config.create.rootfs === undefined) await store.unmountContainer(id, force === true);
  else (await import("./rootfs.ts")).unmountRootfs(record);
  await emitContainer(context, record, "unmount");
}
