import { EngineError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import type { InputOf } from "../contract/kit.ts";
import type { create as operation, ExecCreateReport } from "../contract/exec/create.ts";
import { stateImproper } from "../container/errors.ts";
import { sync } from "../container/sync.ts";
import type { EngineContext } from "../engine/context.ts";

type Input = InputOf<typeof operation.input>;

/** @throws conflict/container-not-running, invalid-argument without a command or for a bad variable */
export async function create(context: EngineContext, input: Input): Promise<ExecCreateReport> {
  const { command = [], env = [] } = input;
  if (command.length === 0) throw new EngineError("invalid-argument", "must provide a non-empty command to start an exec session: invalid argument");
  const bad = env.find((line) => !line.includes("="));
  if (bad !== undefined) throw new EngineError("invalid-argument", `environment variable "${bad}" badly formed, must be key=value`);
  const containerId = context.containers().resolveId(input.ref);
  using _lock = await context.lock("container", containerId);
  const record = await sync(context, containerId);
  if (record.state.status !== "running") throw stateImproper("can only create exec sessions on running containers", record.state.status === "paused" ? "container-paused" : "container-not-running");
  const id = newId();
  context.state().exec.insert({ id, containerId, config: { ...configOf(context, input), command, env }, state: { status: "created" } });
  return { Id: id };
}

function configOf(context: EngineContext, input: Input) {
  const some = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> => (value === undefined ? {} : { [key]: value } as Partial<Record<K, V>>);
  return {
    ...some("user", input.user), ...some("workdir", input.workdir), ...some("detachKeys", input.detachKeys), ...some("preserveFds", input.preserveFds),
    ...some("preserveFd", input.preserveFd?.map(Number)),
    terminal: input.terminal ?? false, privileged: input.privileged ?? context.config.containers.privileged ?? false, stdin: input.stdin ?? false, stdout: input.stdout ?? false, stderr: input.stderr ?? false,
    createdAt: new Date().toISOString(),
  };
}
