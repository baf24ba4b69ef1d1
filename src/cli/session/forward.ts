/** Joins the user's terminal or pipes with an attached container or exec session. */
import { isEngineError, within } from "../../base/errors.ts";
import type { Duplex } from "../../contract/kit.ts";
import type { CommandContext } from "../kit/types.ts";
import { followSize } from "./signals.ts";
import { makeRaw } from "../../sys/tty.ts";
import { terminalSize } from "./terminal.ts";

export interface Session {
  readonly duplex: Duplex;
  /** The session has a terminal of its own. */
  readonly terminal: boolean;
  /** Forward the user's input. */
  readonly stdin: boolean;
  readonly resize: (rows: number, columns: number) => Promise<unknown>;
}

/** `detached` when the user typed the detach keys; the container goes on then. */
export type SessionEnd = "ended" | "detached";

/**
 * Forwards until the session's output ends. The terminal is raw meanwhile, and as before afterwards whatever happens.
 * @throws the session's errors
 */
export async function forwardSession(context: Pick<CommandContext, "out" | "err" | "stdin">, session: Session): Promise<SessionEnd> {
  const isInteractive = session.terminal && session.stdin && context.stdin.isTTY;
  using cleanup = new DisposableStack();
  if (isInteractive) cleanup.use(rawMode());
  if (session.terminal && terminalSize() !== undefined) cleanup.use(followSize(terminalSize, session.resize));
  if (session.stdin) cleanup.use(forwardInput(context.stdin, session.duplex));
  try {
    for await (const { stream, data } of session.duplex.output) await (stream === "stderr" ? context.err : context.out).write(data);
    return "ended";
  } catch (error) {
    if (isEngineError(error, "detached")) return "detached";
    throw within("attach", error);
  } finally { session.duplex.close(); }
}

/** cfmakeraw(3): Node's own raw mode would leave output processing on, and every line end of the container would be doubled. */
function rawMode(): Disposable {
  return { [Symbol.dispose]: makeRaw(0) };
}

/** Reads until the end of input or until disposed; a session that ends first makes a pending write fail, which is no error. */
function forwardInput(stdin: CommandContext["stdin"], duplex: Duplex): Disposable {
  const pump = async (): Promise<void> => {
    for await (const chunk of stdin) await duplex.write(chunk as Uint8Array);
    await duplex.closeWrite();
  };
  pump().catch(() => undefined);
  return { [Symbol.dispose]: () => { stdin.destroy(); } };
}
