/** `podman run`: create, attach, start, forward, wait. The engine's operations do the work; this is their order. */
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import { StartFailure } from "../exit-codes.ts";
import type { CommandContext } from "../kit/types.ts";
import { forwardSession } from "../session/forward.ts";
import { terminalSize } from "../session/terminal.ts";
import { proxySignals } from "../session/signals.ts";
import { createContainer } from "./create-container.ts";
import { dropUndefined, usage, type CreateFlags } from "./index.ts";

export type RunFlags = CreateFlags & {
  readonly detach: boolean; readonly detachKeys: string | undefined; readonly passwd: boolean; readonly preserveFd: readonly string[] | undefined;
  readonly preserveFds: number; readonly rmi: boolean; readonly sigProxy: boolean;
};
interface Streams { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }

/** Returns the exit status: the container's, or 0 when detached. */
export async function runContainer(context: CommandContext, args: readonly string[], flags: RunFlags): Promise<number> {
  if (flags.rmi && context.changed("rm") && !flags.rm) throw usage("the --rmi option does not work without --rm");
  if (flags.preserveFds > 0 || flags.preserveFd !== undefined) (await import("../descriptors.ts")).checkDescriptors(flags);
  const streams = streamsOf(context, flags);
  const isPassthrough = flags.logDriver?.startsWith("passthrough") === true;
  if (flags.tty && flags.interactive && !context.stdin.isTTY) {
    const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    await context.err.write(`time="${time}" level=warning msg="The input device is not a TTY. The --tty and --interactive flags might not work properly"\n`);
  }
  const id = await createContainer(context, args, flags, runOnly(flags));
  const engine = await context.engine();
  if (flags.detach) return startDetached(context, engine, id, flags.rm || flags.rmi, isPassthrough);
  return isPassthrough ? startAndWait(engine, id) : foreground(context, engine, id, { ...flags, image: args[0] ?? "" }, streams);
}

function runOnly(flags: RunFlags): Partial<ContainerCreate> {
  return dropUndefined<Partial<ContainerCreate>>({
    remove: flags.rm || flags.rmi || undefined, removeImage: flags.rmi || undefined, passwd: flags.passwd ? undefined : false,
    preserveFds: flags.preserveFds || undefined, preserveFd: flags.preserveFd?.map(Number),
  });
}

function streamsOf(context: CommandContext, flags: RunFlags): Streams {
  if (!context.changed("attach")) return { stdin: flags.interactive, stdout: true, stderr: true };
  const named = (flags.attach ?? []).map((name) => name.toLowerCase());
  const unknown = named.find((name) => !["stdin", "stdout", "stderr"].includes(name));
  if (unknown !== undefined) throw usage(`invalid stream "${unknown}" for --attach - must be one of stdin, stdout, or stderr: invalid argument`);
  return { stdin: named.includes("stdin") || flags.interactive, stdout: named.includes("stdout"), stderr: named.includes("stderr") };
}

async function startDetached(context: CommandContext, engine: Engine, id: string, isRemoved: boolean, isPassthrough: boolean): Promise<number> {
  await startOrRemove(engine, id, isRemoved);
  if (!isPassthrough) await context.out.write(`${id}\n`);
  return 0;
}

async function startAndWait(engine: Engine, id: string): Promise<number> {
  const exited = engine.container.wait({ ref: id });
  await startOrRemove(engine, id, false);
  return exited;
}

async function foreground(context: CommandContext, engine: Engine, id: string, flags: RunFlags & { readonly image: string }, streams: Streams): Promise<number> {
  const isRemoved = flags.rm || flags.rmi;
  const duplex = await removeOnFailure(engine, id, isRemoved, async () => engine.container.attach({ ref: id, ...streams, stream: true, ...(flags.detachKeys !== undefined && { detachKeys: flags.detachKeys }) }, { cleansUp: flags.rm && !flags.rmi }));
  using cleanup = new DisposableStack();
  if (flags.sigProxy && !flags.tty) cleanup.use(proxySignals(async (signal) => engine.container.kill({ ref: id, signal }), report(context)));
  const forwarded = forwardSession(context, { duplex, terminal: flags.tty, stdin: streams.stdin, resize: async (height, width) => engine.container.resize({ ref: id, height, width }) });
  const size = flags.tty ? terminalSize() : undefined;
  if (size !== undefined) await engine.container.resize({ ref: id, ...size });
  // Both may fail; the start's error is the one to tell.
  forwarded.catch(() => undefined);
  try { await startOrRemove(engine, id, isRemoved); } catch (error) { duplex.close(); throw error; }
  // Nothing of the container's will be shown: its id instead, as Docker does.
  if (!streams.stdout && !streams.stderr) await context.out.write(`${id}\n`);
  if (await forwarded === "detached") return 0;
  const status = await exitStatus(engine, id);
  // conmon's exit command does the same; whoever comes first does the work, and the name is free when we return.
  if (isRemoved) await engine.container.remove({ ref: id, ignore: true, volumes: true });
  if (flags.rmi && context.isRemote) await removeImage(context, engine, flags.image);
  return status;
}

/** The service removes the image too, and tells nobody here why it could not. */
async function removeImage(context: CommandContext, engine: Engine, image: string): Promise<void> {
  const { Errors: failures = [] } = await engine.image.remove({ images: [image], ignore: true });
  const { logger } = await import("../log.ts");
  for (const failure of failures) await logger(context.global.logLevel)("warn", `Failed to remove image: ${failure}`);
}

const report = (context: CommandContext) => (error: unknown): void => {
  void context.err.write(`Error: forwarding signal: ${error instanceof Error ? error.message : String(error)}\n`);
};

async function exitStatus(engine: Engine, id: string): Promise<number> {
  try {
    return await engine.container.wait({ ref: id });
  } catch (error) {
    // Removed by someone else, with its status: as podman.
    if (isEngineError(error, "not-found")) return 127;
    throw error;
  }
}

async function startOrRemove(engine: Engine, id: string, isRemoved: boolean): Promise<void> {
  await removeOnFailure(engine, id, isRemoved, async () => engine.container.start({ ref: id }));
}

/** A container that was to be removed when it exits must not stay because it never started. @throws StartFailure */
async function removeOnFailure<T>(engine: Engine, id: string, isRemoved: boolean, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (isRemoved) await engine.container.remove({ ref: id, force: true, ignore: true, volumes: true }).catch((cleanup: unknown) => { throw new EngineError("internal", `${String(error)}; removing it failed too: ${String(cleanup)}`, { cause: error }); });
    throw new StartFailure(error);
  }
}
