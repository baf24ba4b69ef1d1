/** `podman logs` of one or several containers and `podman pod logs`, whole lines at a time. */
import { EngineError } from "../../base/errors.ts";
import { shortId } from "../../base/ids.ts";
import { decodeFrames } from "../../contract/frames.ts";
import type { Engine } from "../../contract/index.ts";
import type { CommandContext } from "../kit/types.ts";
import { latestContainer } from "../latest.ts";
import { latestPod } from "../pod-targets.ts";

interface LogFlags {
  readonly color: boolean; readonly follow: boolean; readonly latest: boolean; readonly names: boolean; readonly since: string | undefined;
  readonly tail: number; readonly timestamps: boolean; readonly until: string | undefined;
}
interface Labelled { readonly Id: string; readonly Name: string }

export async function showLogs(context: CommandContext, args: readonly string[], flags: LogFlags): Promise<void> {
  const engine = await context.engine();
  const refs = flags.latest ? [await latestContainer(engine)] : args;
  // Only one of several needs a label.
  const containers = refs.length < 2 ? refs.map((Id) => ({ Id, Name: Id })) : await Promise.all(refs.map(async (ref) => engine.container.inspect({ ref })));
  await showAll(context, engine, containers, flags);
}

/** @throws not-found/no-such-pod, not-found/no-such-container for one that is not in the pod */
export async function showPodLogs(context: CommandContext, args: readonly string[], flags: LogFlags & { readonly container: string | undefined }): Promise<void> {
  const engine = await context.engine();
  const ref = flags.latest ? await latestPod(engine) : args[0] ?? "";
  const { Containers = [] } = await engine.pod.inspect({ ref });
  const { container } = flags;
  if (container === undefined || container === "") { await showAll(context, engine, Containers, flags); return; }
  const found = Containers.filter(({ Id, Name }) => Id === container || Name === container);
  if (found.length === 0) throw new EngineError("not-found", `container ${container} is not in pod ${ref}: no such container`, { reason: "no-such-container" });
  await showAll(context, engine, found, flags);
}

async function showAll(context: CommandContext, engine: Engine, containers: readonly Labelled[], flags: LogFlags): Promise<void> {
  const show = async ({ Id, Name }: Labelled, index: number): Promise<void> => {
    const label = containers.length < 2 ? "" : `${flags.names ? Name : shortId(Id)} `;
    return follow(context, engine, Id, flags, flags.color ? { before: `${colours[index % colours.length]}${label}`, after: reset } : { before: label, after: "" });
  };
  // Followed containers write at the same time; without --follow the order is the one that was typed.
  if (flags.follow) await Promise.all(containers.map(show));
  else for (const [index, container] of containers.entries()) await show(container, index);
}

async function follow(context: CommandContext, engine: Engine, ref: string, flags: LogFlags, frame: Frame): Promise<void> {
  const bytes = engine.container.logs({
    ref, follow: flags.follow, stdout: true, stderr: true, timestamps: flags.timestamps, ...(flags.tail >= 0 && { tail: String(flags.tail) }),
    ...(flags.since !== undefined && { since: flags.since }), ...(flags.until !== undefined && { until: flags.until }),
  }, { signal: context.signal });
  for await (const { stream, data } of decodeFrames(bytes)) {
    const writer = stream === "stderr" ? context.err : context.out;
    await writer.write(framed(data, frame));
  }
}

interface Frame { readonly before: string; readonly after: string }
const colours = ["\u001b[37m", "\u001b[31m", "\u001b[33m", "\u001b[34m", "\u001b[35m", "\u001b[36m", "\u001b[32m"];
const reset = "\u001b[0m";
const newline = 10;

/** The newline, which a part of a line has not, stays last. */
function framed(data: Uint8Array, { before, after }: Frame): Uint8Array {
  if (before === "") return data;
  const end = data.at(-1) === newline ? data.length - 1 : data.length;
  return Buffer.concat([Buffer.from(before), data.subarray(0, end), Buffer.from(after), data.subarray(end)]);
}
