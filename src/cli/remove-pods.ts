/** `podman pod rm`: what went is printed, what stays is explained container by container. */
import { EngineError } from "../base/errors.ts";
import type { PodRemoveReport } from "../contract/types/pod.ts";
import { usage } from "./flag-values.ts";
import type { CommandContext } from "./kit/types.ts";
import { isMissingPod, podTargets, type PodTargetFlags } from "./pod-targets.ts";
import { forEachTarget } from "./targets.ts";

type Flags = PodTargetFlags & { readonly force: boolean; readonly ignore: boolean; readonly time: number };

/** Returns 1 when the only trouble is that a pod does not exist. */
export async function removePods(context: CommandContext, args: readonly string[], flags: Flags): Promise<number> {
  if (context.changed("time") && !flags.force) throw usage("--force option must be specified to use the --time option");
  const engine = await context.engine();
  const ignore = flags.ignore || flags.force;
  const targets = await podTargets(context, args, { ...flags, ignore });
  const failures: unknown[] = [];
  try {
    return await forEachTarget(context, targets, async (ref) => {
      try {
        const report = await engine.pod.remove({ ref, force: flags.force, ...(context.changed("time") && { timeout: flags.time }) });
        await explain(context, report);
        return report.Id;
      } catch (error) { failures.push(error); throw error; }
    }, { tolerate: (error) => ignore && isMissingPod(error) });
  } catch (error) {
    if (!failures.every(isMissingPod)) throw error;
    await context.err.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function explain(context: CommandContext, { Err, RemovedCtrs = {} }: PodRemoveReport): Promise<void> {
  if (Err === undefined) return;
  const reasons = Object.values(RemovedCtrs).filter((reason) => reason !== null);
  for (const text of [Err, ...reasons.slice(0, -1)]) await context.err.write(`Error: ${text}\n`);
  throw new EngineError("conflict", reasons.at(-1) ?? Err);
}
