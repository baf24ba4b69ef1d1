/** Signals to a container's first process. */
import { signalProcess } from "../sys/index.ts";
import type { EngineContext } from "../engine/context.ts";
import { readExit } from "../runtime/exit.ts";
import { pathsOf } from "./paths.ts";
import type { ContainerRecord } from "./record.ts";

/** Runtimes whose container is a plain process: its pid can be signalled without starting the runtime for it. */
const plainRuntimes: ReadonlySet<string> = new Set(["crun", "runc"]);

/** False when the process is gone already. */
export async function sendSignal(context: EngineContext, record: ContainerRecord, signal: number): Promise<boolean> {
  const { pid } = record.state;
  if (pid === undefined) return false;
  if (plainRuntimes.has(record.config.ociRuntime)) return signalProcess(pid, signal, () => readExit(pathsOf(context, record), record.id) === undefined);
  await (await context.runtime(record.config.ociRuntime)).kill(record.id, signal);
  return true;
}
