import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { resize as operation } from "../contract/exec/resize.ts";
import type { EngineContext } from "../engine/context.ts";
import { resize as writeSize } from "../runtime/attach.ts";
import { observeSession, sessionPaths } from "./session.ts";

/** @throws conflict/container-state when the session does not run */
export async function resize(context: EngineContext, { id, height = 0, width = 0 }: InputOf<typeof operation.input>): Promise<void> {
  const session = observeSession(context, context.state().exec.resolve(id));
  if (session.state.status !== "running") {
    throw new EngineError("conflict", `cannot resize container ${session.containerId} exec session ${id} as it is not running: exec session state improper`, { reason: "container-state" });
  }
  writeSize(join(sessionPaths(context, session).bundle, "attach"), { height, width });
}
