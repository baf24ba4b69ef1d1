/** One run of the command of a health check, and the line that the log gets. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { HealthLogEntry } from "../contract/healthcheck/run.ts";
import { joinedNamespaces, namespacesOf } from "../container/namespaces.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { execProcess } from "../runtime/spec/exec-process.ts";
import type { Spec, SpecProcess } from "../runtime/spec/types.ts";

/** With --health-max-log-size=0 too: a check's output is a message, not a file. */
const maxOutputBytes = 1024 * 1024;
const defaultLogSize = 500;
const defaultTimeoutMs = 30_000;

export interface CheckResult {
  readonly entry: HealthLogEntry;
  /** The check took too long; told after the result is kept. */
  readonly failure?: EngineError;
}

export async function runCheck(context: EngineContext, record: ContainerRecord, isStartup: boolean): Promise<CheckResult> {
  const command = commandOf(record, isStartup);
  const timeoutMs = timeoutOf(record, isStartup);
  const runtime = await context.runtime(record.config.ociRuntime);
  const start = new Date();
  const { exitCode, output, timedOut } = await runtime.probe({
    containerId: record.id, runDir: record.config.runDir, process: processOf(context, record, command), timeoutMs, maxOutputBytes,
  });
  const size = record.config.health?.maxLogSize ?? defaultLogSize;
  const entry: HealthLogEntry = {
    Start: start.toISOString(), End: new Date().toISOString(), ExitCode: timedOut ? -1 : exitCode === 0 ? 0 : 1,
    Output: Buffer.from(size === 0 ? output : output.subarray(0, size)).toString("utf8"),
  };
  if (!timedOut) return { entry };
  return { entry, failure: new EngineError("deadline-exceeded", `healthcheck command exceeded timeout of ${goSeconds(timeoutMs)}`) };
}

/** @throws conflict/container-state when there is nothing to run */
function commandOf({ id, config }: ContainerRecord, isStartup: boolean): readonly string[] {
  const [kind = "", ...rest] = (isStartup ? config.health?.startup?.test : config.health?.test) ?? [];
  const command = kind === "CMD" ? rest : kind === "CMD-SHELL" ? ["/bin/sh", "-c", rest.join(" ")] : [kind, ...rest];
  if (kind === "NONE" || (command[0] ?? "") === "") throw new EngineError("conflict", `container ${id} has no defined healthcheck`, { reason: "container-state" });
  return command;
}

function timeoutOf({ config: { health } }: ContainerRecord, isStartup: boolean): number {
  const nanos = isStartup ? health?.startup?.timeoutNanos ?? health?.timeoutNanos : health?.timeoutNanos;
  return nanos === undefined || nanos <= 0 ? defaultTimeoutMs : nanos / 1e6;
}

const goSeconds = (ms: number): string => {
  const [minutes, seconds] = [Math.floor(ms / 60_000), (ms % 60_000) / 1000];
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
};

/** The container's own process with another command. */
function processOf(context: EngineContext, record: ContainerRecord, command: readonly string[]): SpecProcess {
  const spec = JSON.parse(readFileSync(join(record.config.staticDir, "config.json"), "utf8")) as Spec;
  return execProcess({
    input: { record, config: context.config, rootfs: record.state.mountPoint ?? spec.root.path, mounts: [], files: {}, namespaces: namespacesOf(context, record, joinedNamespaces(context, record)) },
    spec, command, env: {}, terminal: false, privileged: false, user: "",
  });
}
