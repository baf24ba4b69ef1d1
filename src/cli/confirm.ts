/** Questions before something is destroyed. */
import type { CommandContext } from "./kit/types.ts";

/** Shows the warning and asks on standard input; only a line that begins with `y` is a yes. */
export async function confirmed(context: CommandContext, warning: string): Promise<boolean> {
  await context.out.write(`${warning}\nAre you sure you want to continue? [y/N] `);
  return (await firstLine(context.stdin)).trim().toLowerCase().startsWith("y");
}

async function firstLine(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  let text = "";
  for await (const chunk of stdin) {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}
