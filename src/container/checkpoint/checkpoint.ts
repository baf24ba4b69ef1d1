import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, messageOf } from "../../base/errors.ts";
import type { CheckpointReport, checkpoint as operation, CriuStatistics } from "../../contract/container/checkpoint.ts";
import type { CallOptions, InputOf } from "../../contract/kit.ts";
import type { EngineContext } from "../../engine/context.ts";
import { parseCriuStats } from "../../formats/criu-stats.ts";
import { criuErrors, tracksMemory } from "../../runtime/criu.ts";
import { removeFile } from "../../runtime/prepare.ts";
import { stateImproper } from "../errors.ts";
import { shmPathOf } from "../paths.ts";
import type { ContainerRecord } from "../record.ts";
import { emitContainer, sync } from "../sync.ts";
import { teardown } from "../teardown.ts";
import { waitForEnd } from "../wait-end.ts";
import { checkpointFiles, fileOf } from "./names.ts";
import { mustSupport } from "./support.ts";

export type CheckpointInput = InputOf<typeof operation.input>;

/** CRIU has killed the process when the runtime returns; its monitor needs a moment to say so. */
const endTimeoutMs = 30_000;

/**
 * Writes a running container's processes down and, unless it is to run on, takes the container apart. A container whose archive could not
 * be written is checkpointed all the same, and `restore` lets it go on.
 * @throws conflict/container-not-running, failed-precondition without CRIU, internal with CRIU's own errors as a hint
 */
export async function checkpoint(context: EngineContext, input: CheckpointInput, { signal }: CallOptions = {}): Promise<CheckpointReport> {
  const id = context.containers().resolveId(input.ref);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  const runtime = await mustSupport(context, record.config.ociRuntime, "checkpointing");
  if (record.state.status !== "running") throw stateImproper(`"${record.state.status}" is not running, cannot checkpoint`, "container-not-running");
  await refuse(context, record, input);
  const isKept = input.leaveRunning === true || input.preCheckpoint === true;
  removeOld(record, input);
  context.containers().setState(id, { checkpointPath: fileOf(record, "images"), checkpointLog: fileOf(record, "dumpLog") });
  const started = performance.now();
  try {
    await runtime.checkpoint({
      id, imagePath: fileOf(record, input.preCheckpoint === true ? "preImages" : "images"), workPath: record.config.staticDir, leaveRunning: isKept, preDump: input.preCheckpoint === true,
      tcpEstablished: input.tcpEstablished === true, fileLocks: input.fileLocks === true, ...(input.withPrevious === true ? { parentPath: join("..", checkpointFiles.preImages) } : {}),
    });
  } catch (error) { throw explained(error, fileOf(record, "dumpLog")); }
  const duration = Math.round((performance.now() - started) * 1000);
  const failure = await keep(context, record, input, signal);
  if (!isKept) await end(context, record);
  await emitContainer(context, record, "checkpoint");
  if (failure !== undefined) throw failure.error;
  const statistics = input.printStats === true ? statisticsOf(fileOf(record, "dumpStats"), "dump") : null;
  if (input.keep !== true && input.preCheckpoint !== true) forgetFiles(context, record);
  await removeIfAsked(context, record, isKept);
  return { Id: id, runtime_checkpoint_duration: input.printStats === true ? duration : 0, criu_statistics: statistics };
}

async function refuse(context: EngineContext, record: ContainerRecord, input: CheckpointInput): Promise<void> {
  if (record.config.create.remove === true && input.exportPath === undefined) throw new EngineError("invalid-argument", "cannot checkpoint containers that have been started with '--rm' unless '--export' is used");
  if (input.exportPath !== undefined && (record.config.dependencies ?? []).length > 0) throw new EngineError("invalid-argument", "cannot export checkpoints of containers with dependencies");
  if ((input.withPrevious === true || input.preCheckpoint === true) && !await tracksMemory(context.env)) throw new EngineError("failed-precondition", "system (architecture/kernel/CRIU) does not support memory tracking");
  const previous = fileOf(record, "preImages");
  if (input.withPrevious === true && !existsSync(previous)) throw new EngineError("not-found", `stat ${previous}: no such file or directory`, { hint: "make a pre-checkpoint first (--pre-checkpoint)" });
}

/** CRIU writes into the directory that is there: of another checkpoint files would stay that this one does not have. */
function removeOld(record: ContainerRecord, { preCheckpoint }: CheckpointInput): void {
  rmSync(fileOf(record, preCheckpoint === true ? "preImages" : "images"), { recursive: true, force: true });
  // Made here, so that nobody else can read what CRIU writes into it.
  writeFileSync(fileOf(record, "dumpLog"), "", { mode: 0o600 });
}

function explained(error: unknown, log: string): unknown {
  const hint = criuErrors(log);
  return hint === undefined || !(error instanceof EngineError) ? error : new EngineError(error.code, error.message, { cause: error, hint });
}

/** Everything that goes with CRIU's files, and the archive or image. A failure is answered, because the container must be taken apart first. */
async function keep(context: EngineContext, record: ContainerRecord, input: CheckpointInput, signal: AbortSignal | undefined): Promise<{ readonly error: unknown } | undefined> {
  try {
    await keepShm(record);
    writeFileSync(fileOf(record, "network"), `${JSON.stringify(record.state.networkStatus ?? null, null, 2)}\n`, { mode: 0o600 });
    // CRIU writes an absolute link, which would lead nowhere on another machine.
    if (input.withPrevious === true) {
      const link = join(fileOf(record, "images"), "parent");
      removeFile(link);
      symlinkSync(join("..", checkpointFiles.preImages), link);
    }
    if (input.exportPath !== undefined) await (await import("./archive.ts")).writeArchive(context, record, input, input.exportPath, signal);
    else if (input.createImage !== undefined && input.createImage !== "") await (await import("./image.ts")).createCheckpointImage(context, record, { ...input, createImage: input.createImage }, signal);
    return undefined;
  } catch (error) { return { error }; }
}

/** The host's tmpfs that is the container's /dev/shm is not CRIU's business. */
async function keepShm(record: ContainerRecord): Promise<void> {
  const directory = shmPathOf(record);
  if (!existsSync(directory)) return;
  const [{ tarDirectory }, { writeTar }] = await Promise.all([import("../../storage/archive/diff.ts"), import("./tar-file.ts")]);
  await writeTar(fileOf(record, "shm"), tarDirectory({ directory }));
}

async function end(context: EngineContext, record: ContainerRecord): Promise<void> {
  await waitForEnd(context, record, endTimeoutMs);
  const now = new Date().toISOString();
  // Never asks the restart policy: nobody wrote an end of its own down.
  context.containers().setState(record.id, { checkpointed: true, checkpointedAt: now, finishedAt: now, exitCode: 0, restored: undefined, restoredAt: undefined, stoppedByUser: undefined });
  const ended = context.containers().resolve(record.id);
  await teardown(context, ended);
}

export function statisticsOf(path: string, kind: "dump" | "restore"): CriuStatistics {
  try { return parseCriuStats(readFileSync(path), kind); } catch (error) {
    throw new EngineError("internal", `displaying ${kind === "dump" ? "checkpointing" : "restore"} statistics not possible: ${messageOf(error)}`, { cause: error });
  }
}

function forgetFiles(context: EngineContext, record: ContainerRecord): void {
  for (const name of ["dumpLog", "dumpStats", "config", "spec"] as const) removeFile(fileOf(record, name));
  context.containers().setState(record.id, { checkpointLog: undefined });
}

/** With --rm the archive is all that stays; conmon's exit command would do the same. */
async function removeIfAsked(context: EngineContext, record: ContainerRecord, isKept: boolean): Promise<void> {
  const { remove, removeImage } = record.config.create;
  if (isKept || remove !== true) return;
  await (await import("../cleanup.ts")).removeEnded(context, context.containers().resolve(record.id), removeImage === true);
}
