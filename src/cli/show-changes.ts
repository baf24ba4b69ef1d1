/** `diff` of containers and images. */
import type { ContainerChange } from "../contract/container/diff.ts";
import { usage } from "./flag-values.ts";
import { latestContainer } from "./latest.ts";
import type { CommandContext } from "./kit/types.ts";

const letters = ["C", "A", "D"] as const;
const names = ["changed", "added", "deleted"] as const;

/** `podman diff` and `podman container diff`. */
export async function runDiff(context: CommandContext, args: readonly string[], flags: { readonly latest: boolean; readonly format?: string | undefined }, diffType: "all" | "container"): Promise<void> {
  const engine = await context.engine();
  const [ref, parent] = flags.latest ? [await latestContainer(engine), undefined] : [args[0] ?? "", args[1]];
  await showChanges(context, await engine.container.diff({ ref, parent, diffType }), flags.format);
}

/** One line per path, or with `json` an object of lists. */
export async function showChanges(context: CommandContext, changes: readonly ContainerChange[], format: string | undefined): Promise<void> {
  if (format === undefined || format === "") {
    for (const { Kind, Path } of changes) await context.out.write(`${letters[Kind]} ${Path}\n`);
    return;
  }
  if (format !== "json") throw usage("only supported value for '--format' is 'json'");
  const lists = names.map((name, kind) => [name, changes.filter(({ Kind }) => Kind === kind).map(({ Path }) => Path)] as const);
  await context.out.write(`${JSON.stringify(Object.fromEntries(lists.filter(([, paths]) => paths.length > 0)), undefined, 2)}\n`);
}
