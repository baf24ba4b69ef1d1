/** The containers of a pod, and verbs on all of them. */
import { messageOf } from "../base/errors.ts";
import { present } from "../container/observe.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { PodReport } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import type { PodRecord } from "../state/pod-record.ts";

/** The infra container first, then by age. A snapshot. */
export function membersOf(context: EngineContext, pod: PodRecord): readonly ContainerRecord[] {
  const table = context.containers();
  const records = table.usersOf("pod", pod.id).flatMap((id) => {
    try { return [table.get(id)]; } catch { return []; }
  }).filter((record) => record !== undefined).map((record) => present(context, record));
  return records.toSorted((a, b) => rank(a, pod) - rank(b, pod) || a.config.createdAt.localeCompare(b.config.createdAt));
}

const rank = ({ id }: ContainerRecord, { infraId }: PodRecord): number => (id === infraId ? 0 : 1);

/** Podman's word for what its containers do together. */
export function statusOf(members: readonly ContainerRecord[]): string {
  const count = (...statuses: readonly string[]): number => members.filter(({ state }) => statuses.includes(state.status)).length;
  const all = members.length;
  const [running, stopped] = [count("running"), count("exited", "stopped")];
  if (all === 0) return "Created";
  if (running === all) return "Running";
  if (running > 0) return "Degraded";
  if (count("paused") === all) return "Paused";
  if (stopped === all) return "Exited";
  if (stopped > 0) return "Stopped";
  return count("created", "paused") < all ? "Error" : "Created";
}

/** Runs `work` on each, several at once, and goes on after failures: they are the report's `Errs`. */
export async function onEach(pod: PodRecord, members: readonly ContainerRecord[], work: (member: ContainerRecord) => Promise<void>): Promise<readonly string[]> {
  const results = await Promise.allSettled(members.map(work));
  return results.flatMap((result, index) => (result.status === "rejected" ? [`${members[index]?.id ?? pod.id}: ${messageOf(result.reason)}`] : []));
}

export function reportOf({ id }: PodRecord, ref: string, errors: readonly string[]): PodReport {
  return { Id: id, RawInput: ref, ...(errors.length > 0 && { Errs: errors }) };
}
