import type { EngineContext } from "../engine/context.ts";
import { noRun, observe } from "./observe.ts";
import type { ContainerRecord } from "./record.ts";

/**
 * Writes down what happened to a container since somebody last looked: its end with the exit code (kept after removal, told
 * as event `died`), or a reboot. Only with its lock held. Safe to be killed at any point: the next one does it again, at
 * worst the event is told twice.
 * @throws not-found/no-such-container when it was removed while we waited for the lock
 */
export async function sync(context: EngineContext, id: string): Promise<ContainerRecord> {
  const state = context.state();
  const { record, exitedUnseen, rebooted } = observe(context, state.containers.resolve(id), true);
  if (rebooted) return state.containers.setState(id, { ...noRun, health: undefined, restartCount: undefined, stoppedByUser: undefined, restartPending: undefined, bootId: undefined, ...record.state });
  if (!exitedUnseen) return record;
  const before = state.containers.resolve(id).state.status;
  const { exitCode = -1 } = record.state;
  const saved = state.atomically(() => {
    state.exitCodes.set(id, exitCode);
    // An end that stop or kill caused never asks the restart policy.
    return state.containers.setState(id, { ...record.state, restartPending: (before === "running" || before === "paused") && record.state.stoppedByUser !== true });
  });
  await emitContainer(context, saved, "died", { exitCode });
  return saved;
}

/** A container event with the attributes that Podman gives: its labels. */
export async function emitContainer(context: EngineContext, record: ContainerRecord, status: string, more: { readonly exitCode?: number; readonly inspectData?: string; readonly attributes?: Readonly<Record<string, string>> } = {}): Promise<void> {
  await context.emit({
    type: "container", status, id: record.id, name: record.name,
    ...(record.config.imageName === undefined ? {} : { image: record.config.imageName }),
    ...(record.config.pod === undefined ? {} : { podId: record.config.pod }),
    ...(more.exitCode === undefined ? {} : { exitCode: more.exitCode }), ...(more.inspectData === undefined ? {} : { inspectData: more.inspectData }),
    attributes: { ...record.config.labels, ...more.attributes },
  });
}
