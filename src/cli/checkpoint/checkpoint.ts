/** `podman container checkpoint`: which flags go together, and where the archive goes. */
import { EngineError } from "../../base/errors.ts";
import { resolve } from "node:path";
import type { CommandContext, ValuesOf } from "../kit/types.ts";
import { usage } from "../flag-values.ts";
import type { checkpointFlags } from "./flags.ts";
import { reportEach } from "./report.ts";

type CheckpointFlags = ValuesOf<typeof checkpointFlags>;

/** @throws invalid-argument with Podman's sentences, permission-denied for ordinary users */
export function checkFlags(context: CommandContext, flags: CheckpointFlags): void {
  const hasExport = (flags.export ?? "") !== "";
  if (context.changed("compress")) {
    if (!hasExport) throw usage("--compress can only be used with --export");
    if (!["none", "gzip", "zstd"].includes(flags.compress.toLowerCase())) throw usage(`selected compression algorithm (${JSON.stringify(flags.compress)}) not supported. Please select one from: gzip, none, zstd`);
  }
  if (!context.isRemote && process.getuid?.() !== 0) throw new EngineError("permission-denied", "checkpointing a container requires root");
  if (!hasExport && flags.ignoreRootfs) throw usage("--ignore-rootfs can only be used with --export");
  if (!hasExport && flags.ignoreVolumes) throw usage("--ignore-volumes can only be used with --export");
  if (flags.withPrevious && flags.preCheckpoint) throw usage("--with-previous can not be used with --pre-checkpoint");
}

export async function checkpointEach(context: CommandContext, targets: readonly string[], flags: CheckpointFlags): Promise<number> {
  const engine = await context.engine();
  const path = (flags.export ?? "") === "" ? undefined : resolve(flags.export ?? "");
  const input = {
    keep: flags.keep, leaveRunning: flags.leaveRunning, tcpEstablished: flags.tcpEstablished, fileLocks: flags.fileLocks, ignoreRootfs: flags.ignoreRootfs, ignoreVolumes: flags.ignoreVolumes,
    preCheckpoint: flags.preCheckpoint, withPrevious: flags.withPrevious, compress: flags.compress.toLowerCase(),
  };
  return reportEach(context, "checkpoint", targets.map((ref) => ({
    target: ref,
    work: async () => {
      if (path === undefined || !context.isRemote) return engine.container.checkpoint({ ...input, ref, printStats: flags.printStats, ...(path === undefined ? {} : { exportPath: path }), ...(flags.createImage === undefined ? {} : { createImage: flags.createImage }) }, { signal: context.signal });
      const { writeFileAtomically } = await import("../write-file.ts");
      await writeFileAtomically(path, engine.container.checkpointArchive({ ...input, ref }, { signal: context.signal }), 0o600);
      return { Id: ref, runtime_checkpoint_duration: 0, criu_statistics: null };
    },
  })), flags.printStats);
}
