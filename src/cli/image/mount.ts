/** `podman image mount` and `unmount`. */
import type { ImageMount } from "../../contract/image/mount.ts";
import { alignTabs } from "../../formats/go/tabwriter.ts";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";
import { isJson, renderJson } from "../render.ts";
import { eachOrFail } from "./each.ts";

export async function mountImages(context: CommandContext, args: readonly string[], flags: { readonly all: boolean; readonly format?: string | undefined }): Promise<number> {
  const { image } = await context.engine();
  const { format = "" } = flags;
  if (format !== "" && !isJson(format)) throw usageError(`unknown --format argument: ${JSON.stringify(format)}`);
  const targets = flags.all ? (await image.list({ all: true })).map(({ Id }) => Id) : args;
  const mounted: ImageMount[] = [];
  // One image asked for: its path and nothing else.
  if (targets.length === 1 && !flags.all && format === "") return eachOrFail(context, targets, async (ref) => `${(await image.mount({ ref })).Path}\n`);
  const status = await eachOrFail(context, targets, async (ref) => { mounted.push(await image.mount({ ref })); return ""; });
  await show(context, targets.length === 0 ? await image.mounts({}) : mounted, format);
  return status;
}

async function show(context: CommandContext, mounts: readonly ImageMount[], format: string): Promise<void> {
  if (format !== "") {
    await renderJson(context, mounts.map(({ Id, Name, Repositories, Path }) => ({ id: Id, Names: [Name], Repositories, mountpoint: Path })), 1);
    return;
  }
  await context.out.write(alignTabs(mounts.map(({ Id, Repositories, Path }) => `${Repositories[0] ?? Id}\t${Path}\n`).join("")));
}

export async function unmountImages(context: CommandContext, args: readonly string[], flags: { readonly all: boolean; readonly force: boolean }): Promise<number> {
  const { image } = await context.engine();
  const targets = flags.all ? (await image.mounts({})).map(({ Id }) => Id) : args;
  return eachOrFail(context, targets, async (ref) => {
    const { Id, Unmounted } = await image.unmount({ ref, force: flags.force });
    return Unmounted ? `${Id}\n` : "";
  });
}
