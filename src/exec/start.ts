import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { CallOptions, Duplex, InputOf, OutputFrame } from "../contract/kit.ts";
import type { start as operation } from "../contract/exec/start.ts";
import { closedDuplex } from "../container/attach.ts";
import { stateImproper } from "../container/errors.ts";
import { joinedNamespaces, namespacesOf } from "../container/namespaces.ts";
import { pathsOf } from "../container/paths.ts";
import { conmonCgroupOf } from "../container/prepare.ts";
import type { ContainerRecord } from "../container/record.ts";
import { emitContainer, sync } from "../container/sync.ts";
import type { EngineContext } from "../engine/context.ts";
import { attach } from "../runtime/attach.ts";
import { waitForExit } from "../runtime/exit.ts";
import { execProcess } from "../runtime/spec/exec-process.ts";
import type { Spec, SpecProcess } from "../runtime/spec/types.ts";
import type { ExecRecord } from "../state/exec-record.ts";
import { finishSession, sessionPaths } from "./session.ts";

/** conmon writes the exit status right after the streams closed; a session that died with its conmon never gets one. */
const exitFileTimeoutMs = 5000;

type Input = InputOf<typeof operation.input>;

/**
 * Starts a created session. The container's lock is held until the process runs, not while it does. When the output has ended
 * by itself the exit code is recorded.
 * @throws not-found/no-such-exec, conflict/container-not-running, command-not-found, command-not-executable
 */
export async function start(context: EngineContext, input: Input, options: CallOptions = {}): Promise<Duplex> {
  const { containerId } = context.state().exec.resolve(input.id);
  using _lock = await context.lock("container", containerId);
  const session = context.state().exec.resolve(input.id);
  const container = await sync(context, containerId);
  refuse(session, container);
  const isAttached = input.detach !== true;
  let duplex: Duplex | undefined;
  await launch(context, container, session, input, isAttached ? async (socketPath) => { duplex = await connect(context, session, socketPath, options); } : undefined);
  return duplex === undefined ? closedDuplex() : untilRecorded(context, session, duplex);
}

function refuse({ id, containerId, state }: ExecRecord, container: ContainerRecord): void {
  if (container.state.status !== "running") throw stateImproper("can only start exec sessions when their container is running", "container-not-running");
  if (state.status !== "created") {
    throw new EngineError("conflict", `can only start created exec sessions, while container ${containerId} session ${id} state is "${state.status}": exec session state improper`, { reason: "container-state" });
  }
}

async function launch(context: EngineContext, container: ContainerRecord, session: ExecRecord, input: Input, onReady: ((socket: string) => Promise<void>) | undefined): Promise<void> {
  const { config } = session;
  const runtime = await context.runtime(container.config.ociRuntime);
  const table = context.state().exec;
  table.setState(session.id, { bootId: context.bootMark() });
  try {
    const { pid } = await runtime.exec({
      sessionId: session.id, containerId: container.id, containerName: container.name, paths: pathsOf(context, container), process: processOf(context, container, session, input),
      terminal: config.terminal, stdin: config.stdin, exitCommand: onReady === undefined ? [...context.selfCommand, "container", "cleanup", "--exec", session.id, container.id] : [],
      systemdCgroup: container.config.cgroupManager === "systemd", environment: {}, ...conmonCgroupOf(context, container),
      ...(container.config.create.resources?.cgroups === "disabled" ? { noCgroups: true } : {}),
      ...(config.preserveFds === undefined ? {} : { preserveFds: config.preserveFds }), ...(config.preserveFd === undefined ? {} : { preserveFd: config.preserveFd }),
      ...(onReady === undefined ? {} : { onReady }),
    });
    table.setState(session.id, { status: "running", pid });
  } catch (error) {
    // It did not run and cannot be started again; who asks for its code gets that of a failed start.
    table.setState(session.id, { status: "stopped", exitCode: startFailureCode(error) });
    throw error;
  }
  await emitContainer(context, container, "exec", { attributes: { execID: session.id } });
}

function startFailureCode(error: unknown): number {
  if (error instanceof EngineError && error.reason === "command-not-found") return 127;
  return error instanceof EngineError && error.reason === "command-not-executable" ? 126 : 125;
}

function processOf(context: EngineContext, record: ContainerRecord, { config }: ExecRecord, input: Input): SpecProcess {
  const spec = JSON.parse(readFileSync(join(record.config.staticDir, "config.json"), "utf8")) as Spec;
  const env = Object.fromEntries(config.env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  const hasTerm = env["TERM"] !== undefined || spec.process.env.some((line) => line.startsWith("TERM="));
  return execProcess({
    input: { record, config: context.config, rootfs: record.state.mountPoint ?? spec.root.path, mounts: [], files: {}, namespaces: namespacesOf(context, record, joinedNamespaces(context, record)) },
    spec, command: config.command, env: config.terminal && !hasTerm ? { TERM: "xterm", ...env } : env, terminal: config.terminal, privileged: config.privileged, user: config.user ?? "",
    ...(config.workdir === undefined || config.workdir === "" ? {} : { workdir: config.workdir }),
    ...(input.height === undefined || input.width === undefined ? {} : { consoleSize: { height: input.height, width: input.width } }),
  });
}

async function connect(context: EngineContext, { config }: ExecRecord, socketPath: string, { signal }: CallOptions): Promise<Duplex> {
  return attach({
    socketPath, terminal: config.terminal, stdin: config.stdin, stdout: config.stdout, stderr: config.stderr,
    detachKeys: config.detachKeys ?? context.config.engine.detachKeys, ...(signal === undefined ? {} : { signal }),
  });
}

/** The output ends after the exit code is known, so that whoever read it to the end may ask. A detached session is left to its exit. */
function untilRecorded(context: EngineContext, session: ExecRecord, duplex: Duplex): Duplex {
  async function* output(): AsyncGenerator<OutputFrame> {
    yield* duplex.output;
    if (context.containers().get(session.containerId) === undefined) return;
    await waitForExit({ paths: sessionPaths(context, session), id: session.containerId, signal: AbortSignal.timeout(exitFileTimeoutMs) }).catch(() => undefined);
    await finishSession(context, session.id, { forget: false }).catch(() => undefined);
  }
  return { ...duplex, output: output() };
}
