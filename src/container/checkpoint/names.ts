/** Names in a checkpoint archive and beside a container: Podman's, which other tools (checkpointctl, CRI-O) read too. */
import { join } from "node:path";
import type { ContainerRecord } from "../record.ts";

export const checkpointFiles = {
  images: "checkpoint", preImages: "pre-checkpoint", config: "config.dump", spec: "spec.dump", network: "network.status", shm: "devshm-checkpoint.tar",
  rootfs: "rootfs-diff.tar", deleted: "deleted.files", volumes: "volumes", artifacts: "artifacts", log: "ctr.log",
  dumpLog: "dump.log", restoreLog: "restore.log", dumpStats: "stats-dump", restoreStats: "stats-restore",
} as const;

export const fileOf = ({ config }: ContainerRecord, name: keyof typeof checkpointFiles): string => join(config.staticDir, checkpointFiles[name]);

/** The image says so by this annotation. */
export const annotationPrefix = "io.podman.annotations.checkpoint";
export const runtimeAnnotation = `${annotationPrefix}.runtime.name`;
