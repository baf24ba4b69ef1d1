/** Questions before something is destroyed. */
import { readLine } from "./ask.ts";
import type { CommandContext } from "./kit/types.ts";

/** Shows the warning and asks on standard input; only a line that begins with `y` is a yes. @throws Error `EOF` when there is no line */
export async function confirmed(context: CommandContext, warning: string): Promise<boolean> {
  // A user's command starts again in the user's namespace when it opens the engine: not after the question.
  await context.engine();
  await context.out.write(`${warning}\nAre you sure you want to continue? [y/N] `);
  return (await readLine(context.stdin)).toLowerCase().startsWith("y");
}
