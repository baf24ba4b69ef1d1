import type { InputOf } from "../contract/kit.ts";
import type { mount as operation } from "../contract/volume/mount.ts";
import type { EngineContext } from "../engine/context.ts";
import { bringUp } from "./mounted.ts";
import { directoryOf, inBoot, needsMount } from "./record.ts";

/** Mounts a volume for a person; counted. Gives its directory. */
export async function mount(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<string> {
  const { volumes } = context.state();
  const { name } = volumes.resolve(ref);
  using _lock = await context.lock("volume", name);
  const record = volumes.resolve(name);
  if (!needsMount(record)) return record.mountpoint;
  const up = await bringUp(context, inBoot(record, context.bootMark()));
  volumes.update({ ...up, mountCount: up.mountCount + 1, bootId: context.bootMark() });
  return directoryOf(up);
}
