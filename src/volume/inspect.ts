import type { InputOf } from "../contract/kit.ts";
import type { inspect as operation } from "../contract/volume/inspect.ts";
import type { InspectVolume } from "../contract/types/volume.ts";
import type { EngineContext } from "../engine/context.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { needsMount } from "./record.ts";
import { liveUsers } from "./use.ts";

/** @throws not-found/no-such-volume, failed-precondition/ambiguous-ref */
export async function inspect(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<InspectVolume> {
  return toInspect(context, context.state().volumes.resolve(ref));
}

export function toInspect(context: EngineContext, record: VolumeRecord): InspectVolume {
  const mounted = record.mountCount + (needsMount(record) ? liveUsers(context, record.name).length : 0);
  return {
    Name: record.name, Driver: record.driver, Mountpoint: record.mountpoint, CreatedAt: record.createdAt, Labels: record.labels, Scope: "local", Options: record.options,
    ...(record.uid === 0 ? {} : { UID: record.uid }), ...(record.gid === 0 ? {} : { GID: record.gid }), ...(record.anonymous ? { Anonymous: true } : {}),
    MountCount: mounted, ...(record.needsCopyUp ? { NeedsCopyUp: true } : {}), ...(record.needsChown ? { NeedsChown: true } : {}), LockNumber: 0,
  };
}
