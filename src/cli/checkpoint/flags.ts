/** Flags of `container checkpoint` and `container restore`. */
import type { Flags } from "../kit/types.ts";
import { latestFlag } from "../target-flags.ts";

/** An archive stands for a name. For `ArgRule.check`. */
export function checkRestored(args: readonly string[], flags: Readonly<Record<string, unknown>>): string | undefined {
  const { all, latest } = flags;
  if (all === true && latest === true) return "--all and --latest cannot be used together";
  if (flags["import"] !== undefined) return undefined;
  if ((all === true || latest === true) && args.length > 0) return "--all or --latest and containers cannot be used together";
  return args.length === 0 && all !== true && latest !== true ? "you must provide at least one name or id" : undefined;
}

export const checkpointFlags = {
  all: { kind: "bool", name: "all", short: "a", default: false, doc: "Checkpoint every running container" },
  compress: { kind: "string", name: "compress", short: "c", default: "zstd", doc: "Compression of the archive (gzip, none, zstd)", completion: ["gzip", "none", "zstd"] },
  createImage: { kind: "string", name: "create-image", doc: "Put the checkpoint into an image of this name", completion: "none" },
  export: { kind: "string", name: "export", short: "e", doc: "Write the checkpoint to this archive", completion: "file" },
  fileLocks: { kind: "bool", name: "file-locks", default: false, doc: "Checkpoint containers that hold file locks" },
  ignoreRootfs: { kind: "bool", name: "ignore-rootfs", default: false, doc: "Leave changes of the root file system out of the archive" },
  ignoreVolumes: { kind: "bool", name: "ignore-volumes", default: false, doc: "Leave the contents of volumes out of the archive" },
  keep: { kind: "bool", name: "keep", short: "k", default: false, doc: "Keep CRIU's log and statistics" },
  ...latestFlag,
  leaveRunning: { kind: "bool", name: "leave-running", short: "R", default: false, doc: "Leave the containers running" },
  preCheckpoint: { kind: "bool", name: "pre-checkpoint", short: "P", default: false, doc: "Write memory only, and leave the containers running" },
  printStats: { kind: "bool", name: "print-stats", default: false, doc: "Show what CRIU measured, as JSON" },
  tcpEstablished: { kind: "bool", name: "tcp-established", default: false, doc: "Checkpoint containers with established TCP connections" },
  withPrevious: { kind: "bool", name: "with-previous", default: false, doc: "Write only what changed since the pre-checkpoint" },
} as const satisfies Flags;

export const restoreFlags = {
  all: { kind: "bool", name: "all", short: "a", default: false, doc: "Restore every checkpointed container" },
  fileLocks: { kind: "bool", name: "file-locks", default: false, doc: "Restore file locks" },
  ignoreRootfs: { kind: "bool", name: "ignore-rootfs", default: false, doc: "Leave changes of the root file system out" },
  ignoreStaticIp: { kind: "bool", name: "ignore-static-ip", default: false, doc: "Take a new IP address, whatever --ip said" },
  ignoreStaticMac: { kind: "bool", name: "ignore-static-mac", default: false, doc: "Take a new MAC address, whatever --mac-address said" },
  ignoreVolumes: { kind: "bool", name: "ignore-volumes", default: false, doc: "Leave the contents of volumes out" },
  import: { kind: "string", name: "import", short: "i", doc: "Restore from this archive", completion: "file" },
  importPrevious: { kind: "string", name: "import-previous", doc: "Archive of the pre-checkpoint", completion: "file" },
  keep: { kind: "bool", name: "keep", short: "k", default: false, doc: "Keep the checkpoint, CRIU's logs and statistics" },
  ...latestFlag,
  name: { kind: "string", name: "name", short: "n", doc: "Name of the new container (only with an image or --import)", completion: "none" },
  pod: { kind: "string", name: "pod", doc: "Put the new container into this pod (only with an image or --import)", completion: "pod" },
  printStats: { kind: "bool", name: "print-stats", default: false, doc: "Show what CRIU measured, as JSON" },
  publish: { kind: "csv", name: "publish", short: "p", doc: "Forward these ports instead (only with an image or --import)" },
  tcpClose: { kind: "bool", name: "tcp-close", default: false, doc: "Restore without the TCP connections" },
  tcpEstablished: { kind: "bool", name: "tcp-established", default: false, doc: "Restore established TCP connections" },
} as const satisfies Flags;
