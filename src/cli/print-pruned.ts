/** What every prune prints: the ids, and the errors of those that stayed. */
import type { CommandContext } from "./kit/types.ts";

export interface Pruned { readonly Id: string; readonly Err?: unknown }

export async function printPruned(context: CommandContext, reports: readonly Pruned[]): Promise<number> {
  let status = 0;
  for (const { Id, Err } of reports) {
    if (Err === undefined || Err === null || Err === "") await context.out.write(`${Id}\n`);
    else { status = 125; await context.err.write(`Error: ${String(Err)}\n`); }
  }
  return status;
}
