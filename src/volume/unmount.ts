import type { InputOf } from "../contract/kit.ts";
import type { unmount as operation } from "../contract/volume/unmount.ts";
import type { EngineContext } from "../engine/context.ts";
import { takeDown } from "./mounted.ts";
import { inBoot, needsMount } from "./record.ts";
import { liveUsers } from "./use.ts";

/** Undoes one `mount`. Nothing happens when it was not mounted. */
export async function unmount(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  const { volumes } = context.state();
  const { name } = volumes.resolve(ref);
  using _lock = await context.lock("volume", name);
  const record = inBoot(volumes.resolve(name), context.bootMark());
  if (!needsMount(record)) return;
  const left = { ...record, mountCount: Math.max(0, record.mountCount - 1) };
  volumes.update(left);
  if (left.mountCount === 0 && liveUsers(context, name).length === 0) await takeDown(context, left);
}
