/** `podman logs` of one or several containers, whole lines at a time. */
import { shortId } from "../../base/ids.ts";
import { decodeFrames } from "../../contract/frames.ts";
import type { Engine } from "../../contract/index.ts";
import type { CommandContext } from "../kit/types.ts";
import { latestContainer } from "../latest.ts";

interface LogFlags {
  readonly color: boolean; readonly follow: boolean; readonly latest: boolean; readonly names: boolean; readonly since: string | undefined;
  readonly tail: number; readonly timestamps: boolean; readonly until: string | undefined;
}

export async function showLogs(context: CommandContext, args: readonly string[], flags: LogFlags): Promise<void> {
  const engine = await context.engine();
  const refs = flags.latest ? [await latestContainer(engine)] : args;
  const prefixes = await Promise.all(refs.map(async (ref, index) => prefixOf(engine, ref, index, refs.length, flags)));
  const show = async (ref: string, index: number): Promise<void> => follow(context, engine, ref, flags, prefixes[index] ?? "");
  // Followed containers write at the same time; without --follow the order is the one that was typed.
  if (flags.follow) await Promise.all(refs.map(show));
  else for (const [index, ref] of refs.entries()) await show(ref, index);
}

async function follow(context: CommandContext, engine: Engine, ref: string, flags: LogFlags, prefix: string): Promise<void> {
  const bytes = engine.container.logs({
    ref, follow: flags.follow, stdout: true, stderr: true, timestamps: flags.timestamps, ...(flags.tail >= 0 && { tail: String(flags.tail) }),
    ...(flags.since !== undefined && { since: flags.since }), ...(flags.until !== undefined && { until: flags.until }),
  }, { signal: context.signal });
  for await (const { stream, data } of decodeFrames(bytes)) {
    const writer = stream === "stderr" ? context.err : context.out;
    await writer.write(prefix === "" ? data : Buffer.concat([Buffer.from(prefix), data]));
  }
}

const colours = ["\u001b[37m", "\u001b[32m", "\u001b[34m", "\u001b[33m", "\u001b[36m", "\u001b[31m"];
async function prefixOf(engine: Engine, ref: string, index: number, count: number, flags: LogFlags): Promise<string> {
  if (!flags.names && !flags.color && count < 2) return "";
  const { Id, Name } = await engine.container.inspect({ ref });
  const label = flags.names ? Name : shortId(Id);
  return flags.color ? `${colours[index % colours.length]}${label} ` : `${label} `;
}
