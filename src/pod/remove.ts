import { EngineError, isEngineError, messageOf } from "../base/errors.ts";
import { isAlive, type ContainerRecord } from "../container/record.ts";
import { removeOne } from "../container/remove.ts";
import type { InputOf } from "../contract/kit.ts";
import type { remove as operation } from "../contract/pod/remove.ts";
import type { PodRemoveReport } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import { forgetLock } from "../state/lock.ts";
import type { PodRecord } from "../state/pod-record.ts";
import { removeCgroup } from "./cgroup.ts";
import { emitPod } from "./emit.ts";
import { membersOf } from "./members.ts";

type Input = InputOf<typeof operation.input>;

/**
 * Removes a pod with its containers, the infra container last. A kill at any point leaves a pod with fewer containers, which the next
 * remove goes on with.
 * @throws not-found/no-such-pod
 */
export async function remove(context: EngineContext, input: Input): Promise<PodRemoveReport> {
  const id = idOrNothing(context, input);
  if (id === undefined) return { Id: input.ref };
  using _lock = await context.lock("pod", id);
  const pod = podOrDamaged(context, id);
  if (pod === undefined) return { Id: id };
  const members = membersOf(context, pod);
  let removed: Readonly<Record<string, string | null>> = Object.fromEntries(members.map((member) => [member.id, input.force === true ? null : refusal(pod, member, members)]));
  if (Object.values(removed).every((reason) => reason === null)) removed = await removeMembers(context, pod, members, input);
  const isWhole = Object.values(removed).every((reason) => reason === null);
  const report = { Id: id, ...(members.length > 0 && { RemovedCtrs: removed }) };
  if (!isWhole) return { ...report, Err: `not all containers could be removed from pod ${id}: removing pod containers` };
  await removeCgroup(context, pod);
  context.state().pods.remove(id);
  forgetLock(context.config.paths.lockDir, "pod", id);
  await emitPod(context, pod, "remove");
  return report;
}

function idOrNothing(context: EngineContext, { ref, ignore }: Input): string | undefined {
  try { return context.state().pods.resolveId(ref); } catch (error) {
    if (ignore === true && isEngineError(error, "no-such-pod")) return undefined;
    throw error;
  }
}

/** undefined: it went while we waited for the lock, or its row says nothing and is discarded (its containers stay, each removable by itself). */
function podOrDamaged(context: EngineContext, id: string): PodRecord | undefined {
  try { return context.state().pods.get(id); } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "data-loss") throw error;
    context.state().pods.remove(id);
    return undefined;
  }
}

/** Why a container stays when nobody said `force`. */
function refusal({ id: podId, infraId }: PodRecord, { id, state }: ContainerRecord, members: readonly ContainerRecord[]): string | null {
  const sentence = (reason: string): string => `error removing container ${id} from pod ${podId}: ${reason}: container state improper`;
  if (id === infraId) return members.some((other) => other.id !== infraId && isAlive(other.state.status)) ? sentence(`a container that depends on container ${id} could not be stopped`) : null;
  return isAlive(state.status) ? sentence(`cannot remove container ${id} as it is ${state.status} - running or paused containers cannot be removed without force`) : null;
}

/** Those that others need come after them; an infra container still runs when only it is left. */
async function removeMembers(context: EngineContext, pod: PodRecord, members: readonly ContainerRecord[], { timeout }: Input): Promise<Record<string, string | null>> {
  const outcome: Record<string, string | null> = {};
  let rest = members.filter(({ id }) => id !== pod.infraId);
  const removeNow = async ({ id }: ContainerRecord): Promise<void> => {
    try {
      await removeOne(context, id, { force: true, volumes: true, ...(timeout === undefined ? {} : { timeout }) });
      outcome[id] = null;
    } catch (error) { outcome[id] = `error removing container ${id} from pod ${pod.id}: ${messageOf(error)}`; }
  };
  // Told in the order in which they go.
  while (rest.length > 0) {
    const needed = new Set(rest.flatMap(({ config }) => config.dependencies ?? []));
    const free = rest.filter(({ id }) => !needed.has(id));
    const now = free.length > 0 ? free : rest;
    await Promise.all(now.map(removeNow));
    rest = rest.filter((member) => !now.includes(member));
  }
  for (const infra of members.filter(({ id }) => id === pod.infraId)) await removeNow(infra);
  return outcome;
}
