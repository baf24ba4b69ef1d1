/** `podman exec`: create a session, start it attached, forward, exit status. */
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import { parseEnvironment, parseLines } from "../../formats/create/pairs.ts";
import type { CommandContext } from "../kit/types.ts";
import { latestContainer } from "../latest.ts";
import { ExecFailure, StartFailure } from "../exit-codes.ts";
import { terminalSize } from "./terminal.ts";
import { forwardSession } from "./forward.ts";
import { dropUndefined, readEnvFile, readFlagFile, usage } from "../flag-values.ts";

interface ExecFlags {
  readonly cidfile: string | undefined; readonly detach: boolean; readonly detachKeys: string | undefined; readonly env: readonly string[] | undefined;
  readonly envFile: readonly string[] | undefined; readonly interactive: boolean; readonly latest: boolean; readonly preserveFd: readonly string[] | undefined;
  readonly preserveFds: number; readonly privileged: boolean; readonly tty: boolean; readonly user: string | undefined; readonly wait: number; readonly workdir: string | undefined;
}

/** Returns the process's exit status; 0 when detached. */
export async function execInContainer(context: CommandContext, args: readonly string[], flags: ExecFlags): Promise<number> {
  if (flags.wait < 0) throw usage("--wait must not be negative");
  if (flags.preserveFds > 0 || flags.preserveFd !== undefined) (await import("../descriptors.ts")).checkDescriptors(flags);
  const engine = await context.engine();
  const { ref, command } = await target(engine, args, flags);
  if (flags.wait > 0) await waitUntilRunning(engine, ref, flags.wait);
  const isAttached = !flags.detach;
  const { Id: id } = await created(isAttached, engine.exec.create(dropUndefined({
    ref, command, env: environment(context, flags), user: flags.user, workdir: flags.workdir, terminal: flags.tty || undefined, privileged: flags.privileged || undefined,
    stdin: flags.interactive, stdout: isAttached, stderr: isAttached, detachKeys: flags.detachKeys, preserveFds: flags.preserveFds || undefined, preserveFd: flags.preserveFd,
  }) as Parameters<Engine["exec"]["create"]>[0], { signal: context.signal }));
  const size = flags.tty ? terminalSize() ?? {} : {};
  const keys = flags.detachKeys === undefined ? {} : { detachKeys: flags.detachKeys };
  const duplex = await started(engine, id, engine.exec.start({ id, detach: flags.detach, terminal: flags.tty, ...size, ...keys }), isAttached);
  if (flags.detach) {
    await context.out.write(`${id}\n`);
    return 0;
  }
  const end = await forwardSession(context, { duplex, terminal: flags.tty, stdin: flags.interactive, resize: async (height, width) => engine.exec.resize({ id, height, width }) });
  return end === "detached" ? 0 : exitStatus(engine, id);
}

async function created<T>(isAttached: boolean, create: Promise<T>): Promise<T> {
  try { return await create; } catch (error) { throw isAttached && !isLookup(error) ? new ExecFailure(error) : error; }
}
const isLookup = (error: unknown): boolean => error instanceof DOMException || isEngineError(error, "no-such-container") || isEngineError(error, "ambiguous-ref") || isEngineError(error, "unavailable");

/** Statuses 126 and 127 say that the command cannot run; in the background every failure is the engine's 125. */
async function started<T>(engine: Engine, id: string, start: Promise<T>, isAttached: boolean): Promise<T> {
  try { return await start; } catch (error) {
    // A session that never ran is of no use to anyone. Its removal may fail with what made the start fail; that error counts.
    await engine.exec.remove({ id, force: true }).catch(() => undefined);
    throw isAttached && (isEngineError(error, "command-not-found") || isEngineError(error, "command-not-executable")) ? new StartFailure(error) : isAttached && !isLookup(error) ? new ExecFailure(error) : error;
  }
}

async function exitStatus(engine: Engine, id: string): Promise<number> {
  const session = await engine.exec.inspect({ id });
  await engine.exec.remove({ id }).catch((error: unknown) => { if (!isEngineError(error, "not-found")) throw error; });
  return session.ExitCode ?? 0;
}

async function target(engine: Engine, args: readonly string[], flags: ExecFlags): Promise<{ readonly ref: string; readonly command: readonly string[] }> {
  const isNamedElsewhere = flags.latest || flags.cidfile !== undefined;
  const command = isNamedElsewhere ? args : args.slice(1);
  if (command.length === 0) throw usage("must provide a non-empty command to start an exec session: invalid argument");
  if (flags.cidfile !== undefined) return { ref: readFlagFile(flags.cidfile).split("\n")[0]?.trim() ?? "", command };
  return { ref: flags.latest ? await latestContainer(engine) : args[0] ?? "", command };
}

async function waitUntilRunning(engine: Engine, ref: string, seconds: number): Promise<void> {
  const signal = AbortSignal.timeout(seconds * 1000);
  try { await engine.container.wait({ ref, condition: ["running"] }, { signal }); } catch (error) {
    if (signal.aborted) throw new EngineError("deadline-exceeded", `timed out waiting for container: ${ref}`);
    throw error;
  }
}

function environment(context: CommandContext, flags: ExecFlags): readonly string[] | undefined {
  const lines = (flags.envFile ?? []).flatMap((path) => parseLines(readEnvFile(path)));
  const env = parseEnvironment([...lines, ...flags.env ?? []], context.env);
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? undefined : pairs;
}
