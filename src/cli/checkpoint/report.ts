/** One verb on several containers whose reports are shown together with --print-stats. */
import { messageOf } from "../../base/errors.ts";
import type { CommandContext } from "../kit/types.ts";

export interface Step<R> { readonly target: string; readonly work: () => Promise<R> }

/** Names are printed as they were typed. @throws the last failure, after the others were told */
export async function reportEach<R extends { readonly Id: string }>(context: CommandContext, verb: "checkpoint" | "restore", steps: readonly Step<R>[], withStatistics: boolean): Promise<number> {
  const started = performance.now();
  const reports: R[] = [];
  const failures: unknown[] = [];
  for (const { target, work } of steps) {
    try {
      const report = await work();
      reports.push(report);
      if (!withStatistics) await context.out.write(`${target === "" ? report.Id : target}\n`);
    } catch (error) { failures.push(error); }
  }
  if (withStatistics) await context.out.write(`${JSON.stringify({ [`podman_${verb}_duration`]: Math.round((performance.now() - started) * 1000), container_statistics: reports.length === 0 ? null : reports }, null, 4)}\n`);
  const last = failures.pop();
  if (last === undefined) return 0;
  for (const failure of failures) await context.err.write(`Error: ${messageOf(failure)}\n`);
  throw last;
}
