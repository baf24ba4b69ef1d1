import type { InputOf } from "../contract/kit.ts";
import type { inspect as operation } from "../contract/exec/inspect.ts";
import type { InspectExec } from "../contract/types/container-inspect.ts";
import type { EngineContext } from "../engine/context.ts";
import { observeSession } from "./session.ts";

/** @throws not-found/no-such-exec */
export async function inspect(context: EngineContext, { id }: InputOf<typeof operation.input>): Promise<InspectExec> {
  const { config, state, containerId } = observeSession(context, context.state().exec.resolve(id));
  const running = state.status === "running";
  return {
    CanRemove: !running, ContainerID: containerId, DetachKeys: config.detachKeys ?? "", ExitCode: state.exitCode ?? 0, ID: id,
    OpenStderr: config.stderr, OpenStdin: config.stdin, OpenStdout: config.stdout, Running: running, Pid: running ? state.pid ?? 0 : 0,
    ProcessConfig: { arguments: config.command.slice(1), entrypoint: config.command[0] ?? "", privileged: config.privileged, tty: config.terminal, user: config.user ?? "" },
  };
}
