import type { EngineContext } from "../engine/context.ts";
import type { PodRecord } from "../state/pod-record.ts";

/** A pod event with the attributes that Podman gives: its labels. */
export async function emitPod(context: EngineContext, { id, name, create }: PodRecord, status: string): Promise<void> {
  await context.emit({ type: "pod", status, id, name, attributes: create.labels ?? {} });
}
