import type { InputOf } from "../contract/kit.ts";
import type { unmount as operation } from "../contract/volume/unmount.ts";
import type { EngineContext } from "../engine/context.ts";
import { unmountVolume } from "./mount-device.ts";
import { needsMount } from "./record.ts";
import { liveUsers } from "./use.ts";

/** Undoes one `mount`. Nothing happens when it was not mounted. */
export async function unmount(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  const { volumes } = context.state();
  const { name } = volumes.resolve(ref);
  using _lock = await context.lock("volume", name);
  const record = volumes.resolve(name);
  if (!needsMount(record)) return;
  const left = Math.max(0, (record.bootId === context.bootMark() ? record.mountCount : 0) - 1);
  volumes.update({ ...record, mountCount: left });
  if (left === 0 && liveUsers(context, name).length === 0) unmountVolume(record);
}
