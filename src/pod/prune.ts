import { messageOf } from "../base/errors.ts";
import type { PodRemoveReport } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import { membersOf, statusOf } from "./members.ts";
import { remove } from "./remove.ts";

/** Removes the pods that have ended. One that fails is reported and blocks no other. */
export async function prune(context: EngineContext): Promise<readonly PodRemoveReport[]> {
  const ended = context.state().pods.list().filter((pod) => ["Exited", "Stopped", "Dead"].includes(statusOf(membersOf(context, pod))));
  const reports: PodRemoveReport[] = [];
  for (const { id } of ended) {
    try { reports.push(await remove(context, { ref: id, ignore: true })); } catch (error) { reports.push({ Id: id, Err: messageOf(error) }); }
  }
  return reports;
}
