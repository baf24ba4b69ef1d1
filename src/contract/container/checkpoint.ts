import { defineOperation, maybeText, nothing, output, text, toggle } from "../kit.ts";

/** What CRIU measured: microseconds and pages; absent fields were 0. */
export interface CriuStatistics {
  readonly freezing_time?: number; readonly frozen_time?: number; readonly memdump_time?: number; readonly memwrite_time?: number; readonly pages_scanned?: number; readonly pages_written?: number;
  readonly pages_compared?: number; readonly pages_skipped_cow?: number; readonly forking_time?: number; readonly restore_time?: number; readonly pages_restored?: number;
}
/** Duration in microseconds; both are filled only when statistics were asked for. */
export interface CheckpointReport { readonly Id: string; readonly runtime_checkpoint_duration: number; readonly criu_statistics: CriuStatistics | null }

const fields = {
  ref: text("Name or id of the container", { completion: "container" }),
  keep: toggle("Keep the files that CRIU wrote beside the checkpoint"),
  leaveRunning: toggle("Leave the container running"),
  tcpEstablished: toggle("Checkpoint established TCP connections too"),
  fileLocks: toggle("Checkpoint file locks too"),
  ignoreRootfs: toggle("Leave changes of the root file system out of the archive", { wire: "ignoreRootFS" }),
  ignoreVolumes: toggle("Leave the contents of volumes out of the archive"),
  preCheckpoint: toggle("Write memory only, and leave the container running"),
  withPrevious: toggle("Write only what changed since the pre-checkpoint"),
  compress: maybeText("Compression of the archive: zstd, gzip or none"),
} as const;

/** Freezes the container's processes into files and ends them. They go on where they were with `restore`. */
export const checkpoint = defineOperation({
  name: "container.checkpoint",
  summary: "Checkpoint a running container",
  input: {
    ...fields,
    printStats: toggle("Tell what CRIU measured"),
    createImage: maybeText("Put the checkpoint into an image of this name"),
    exportPath: maybeText("File to write the checkpoint to", { where: "local", completion: "file" }),
  },
  output: output<CheckpointReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "failed-precondition", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/{ref}/checkpoint" },
});

/** The same, with the archive as the answer. */
export const checkpointArchive = defineOperation({
  name: "container.checkpointArchive",
  summary: "Checkpoint a running container into an archive",
  input: fields,
  output: nothing,
  kind: "bytes",
  errors: ["not-found", "conflict", "failed-precondition", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/{ref}/checkpoint", flag: "export" },
});
