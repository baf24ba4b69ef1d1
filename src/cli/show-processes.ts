import type { TopReport } from "../contract/container/top.ts";
import { alignTabs } from "../formats/go/tabwriter.ts";
import type { CommandContext } from "./kit/types.ts";

/** The table of `top`. */
export async function showProcesses(context: CommandContext, { Titles, Processes }: TopReport): Promise<void> {
  await context.out.write(alignTabs([Titles, ...Processes].map((row) => `${row.join("\t")}\n`).join("")));
}
