import { EngineError, isEngineError } from "../base/errors.ts";
import { remove } from "../container/remove.ts";
import { start as startContainer } from "../container/start.ts";
import { wait } from "../container/wait.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { InputOf } from "../contract/kit.ts";
import type { PodReport } from "../contract/types/pod.ts";
import type { start as operation } from "../contract/pod/start.ts";
import type { EngineContext } from "../engine/context.ts";
import type { PodRecord } from "../state/pod-record.ts";
import { limitCgroup } from "./cgroup.ts";
import { emitPod } from "./emit.ts";
import { membersOf, onEach, reportOf } from "./members.ts";

/** Starts the infra container, then its init containers one by one, then the others at once. Those that run stay as they are. @throws not-found/no-such-pod */
export async function start(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<PodReport> {
  const pod = context.state().pods.resolve(ref);
  using _lock = await context.lock("pod", pod.id, "read");
  const errors = await startMembers(context, pod);
  if (errors.length === 0) await emitPod(context, pod, "start");
  return reportOf(pod, ref, errors);
}

/** Only with the pod's lock held. */
export async function startMembers(context: EngineContext, pod: PodRecord): Promise<readonly string[]> {
  await limitCgroup(context, pod);
  const members = membersOf(context, pod);
  const infra = members.filter(({ id }) => id === pod.infraId);
  const errors = await onEach(pod, infra, async ({ id }) => startOne(context, id));
  if (errors.length > 0) return errors;
  const isInit = ({ config }: ContainerRecord): boolean => config.create.initContainerType !== undefined;
  for (const member of members.filter(isInit)) await runInit(context, member);
  return onEach(pod, members.filter((member) => member.id !== pod.infraId && !isInit(member)), async ({ id }) => startOne(context, id));
}

async function startOne(context: EngineContext, id: string): Promise<void> {
  try { await startContainer(context, { ref: id }); } catch (error) { if (!isEngineError(error, "not-modified")) throw error; }
}

/** An init container must succeed before anything else starts; `once` ones go then. @throws conflict/container-state */
async function runInit(context: EngineContext, { id, name, config, state }: ContainerRecord): Promise<void> {
  if (state.status === "running") return;
  await startOne(context, id);
  const status = await wait(context, { ref: id });
  if (status !== 0) throw new EngineError("conflict", `init container ${name} exited with code ${status}`, { reason: "container-state" });
  if (config.create.initContainerType === "once") await remove(context, { ref: id, volumes: true });
}
