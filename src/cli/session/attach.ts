/** Attaching to a container that exists: `attach` and `start --attach`. */
import { EngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { CommandContext } from "../kit/types.ts";
import { startError } from "../start-error.ts";
import { forwardSession } from "./forward.ts";
import { terminalSize } from "./terminal.ts";
import { proxySignals } from "./signals.ts";

export interface AttachChoice { readonly stdin: boolean; readonly sigProxy: boolean; readonly detachKeys: string | undefined }

/** `podman attach`: the container must run. Returns its exit status; 0 when detached. */
export async function attachTo(context: CommandContext, engine: Engine, ref: string, choice: AttachChoice): Promise<number> {
  const { State: { Status: status } } = await engine.container.inspect({ ref });
  if (status !== "running") throw new EngineError("conflict", "you can only attach to running containers", { reason: "container-not-running" });
  return joined(context, engine, ref, choice, async () => undefined);
}

/** Attaches first and starts then, so that nothing of the output is missed. */
export async function startAttached(context: CommandContext, engine: Engine, ref: string, choice: AttachChoice): Promise<number> {
  try { return await joined(context, engine, ref, choice, async () => engine.container.start({ ref })); } catch (error) { throw await startError(engine, ref, error, (id) => id); }
}

async function joined(context: CommandContext, engine: Engine, ref: string, choice: AttachChoice, start: () => Promise<void>): Promise<number> {
  const { Id: id, HostConfig: { AutoRemove }, Config: { Tty: terminal, OpenStdin: isOpen } } = await engine.container.inspect({ ref });
  const stdin = choice.stdin && isOpen;
  const duplex = await engine.container.attach({ ref: id, stdin, stdout: true, stderr: true, stream: true, ...(choice.detachKeys !== undefined && { detachKeys: choice.detachKeys }) });
  using cleanup = new DisposableStack();
  if (choice.sigProxy && !terminal) cleanup.use(proxySignals(async (signal) => engine.container.kill({ ref: id, signal }), () => undefined));
  const exited = engine.container.wait({ ref: id });
  exited.catch(() => undefined);
  const forwarded = forwardSession(context, { duplex, terminal, stdin, resize: async (height, width) => engine.container.resize({ ref: id, height, width }) });
  forwarded.catch(() => undefined);
  const size = terminal ? terminalSize() : undefined;
  if (size !== undefined) await engine.container.resize({ ref: id, ...size });
  try { await start(); } catch (error) { duplex.close(); throw error; }
  if (await forwarded === "detached") return 0;
  const status = await exited;
  // conmon's exit command does the same; whoever comes first does the work, and the container is gone when we return.
  if (AutoRemove) await engine.container.remove({ ref: id, ignore: true, volumes: true });
  return status;
}
