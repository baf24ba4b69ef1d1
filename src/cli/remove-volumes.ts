/** `podman volume rm`. Exit statuses of its own: 1 when a volume does not exist, 2 when one is in use. */
import { isEngineError, messageOf } from "../base/errors.ts";
import { usage } from "./flag-values.ts";
import type { CommandContext } from "./kit/types.ts";
import { forEachTarget } from "./targets.ts";

interface RemoveFlags { readonly all: boolean; readonly force: boolean; readonly time: number }

export async function removeVolumes(context: CommandContext, args: readonly string[], flags: RemoveFlags): Promise<number> {
  if (context.changed("time") && !flags.force) throw usage("--force option must be specified to use the --time option");
  const engine = await context.engine();
  const names = flags.all ? (await engine.volume.list({})).map(({ Name }) => Name) : args;
  let status = 0;
  const remove = async (ref: string): Promise<string> => {
    try {
      await engine.volume.remove({ ref, force: flags.force, ...(context.changed("time") && { timeout: flags.time }) });
      return ref;
    } catch (error) {
      status = statusOf(error) ?? status;
      throw error;
    }
  };
  try {
    return await forEachTarget(context, names, remove, { tolerate: (error) => flags.force && isEngineError(error, "no-such-volume") });
  } catch (error) {
    if (status === 0) throw error;
    await context.err.write(`Error: ${messageOf(error)}\n`);
    return status;
  }
}

function statusOf(error: unknown): number | undefined {
  if (isEngineError(error, "no-such-volume")) return 1;
  return isEngineError(error, "volume-in-use") ? 2 : undefined;
}
