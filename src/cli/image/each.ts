/** Several names, one after the other: what succeeds is printed at once, failures when all were tried. */
import { messageOf } from "../../base/errors.ts";
import type { CommandContext } from "../kit/types.ts";

/** @throws the last failure, after the others were printed */
export async function eachOrFail(context: CommandContext, names: readonly string[], work: (name: string) => Promise<string>): Promise<number> {
  const failures: unknown[] = [];
  for (const name of names) {
    try { await context.out.write(await work(name)); } catch (error) {
      context.signal.throwIfAborted();
      failures.push(error);
    }
  }
  const last = failures.pop();
  for (const failure of failures) await context.err.write(`Error: ${messageOf(failure)}\n`);
  if (last !== undefined) throw last;
  return 0;
}
