import { defineOperation, list, maybeText, output, text, toggle } from "../kit.ts";
import type { CriuStatistics } from "./checkpoint.ts";

/** Duration in microseconds; both are filled only when statistics were asked for. */
export interface RestoreReport { readonly Id: string; readonly runtime_restore_duration: number; readonly criu_statistics: CriuStatistics | null }

const fields = {
  keep: toggle("Keep the checkpoint, so that it can be restored again"),
  tcpEstablished: toggle("Restore established TCP connections"),
  tcpClose: toggle("Restore without the TCP connections"),
  fileLocks: toggle("Restore file locks"),
  name: maybeText("Name of the new container"),
  ignoreRootfs: toggle("Leave changes of the root file system out", { wire: "ignoreRootFS" }),
  ignoreVolumes: toggle("Leave the contents of volumes out"),
  ignoreStaticIp: toggle("Take a new IP address", { wire: "ignoreStaticIP" }),
  ignoreStaticMac: toggle("Take a new MAC address", { wire: "ignoreStaticMAC" }),
  printStats: toggle("Tell what CRIU measured"),
  publish: list("Port to forward instead of those of the container that was checkpointed", { wire: "publishPorts" }),
  pod: maybeText("Put the new container into this pod", { completion: "pod" }),
} as const;

/** Lets a checkpointed container go on. The name of a checkpoint image makes a new container. */
export const restore = defineOperation({
  name: "container.restore",
  summary: "Restore a container from a checkpoint",
  input: {
    ref: text("Name or id of the container, or a checkpoint image", { completion: "container" }),
    ...fields,
    importPath: maybeText("Archive to restore from, instead of a container", { where: "local", completion: "file" }),
    runtime: maybeText("OCI runtime that the container must have had", { where: "local" }),
    importPreviousPath: maybeText("Archive of the pre-checkpoint", { where: "local", completion: "file" }),
  },
  output: output<RestoreReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "failed-precondition", "invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/containers/{ref}/restore" },
});

/** From an archive that is sent along. */
export const restoreArchive = defineOperation({
  name: "container.restoreArchive",
  summary: "Restore a container from an archive",
  input: { ref: text("Not looked at; Podman's clients write import"), ...fields },
  output: output<RestoreReport>(),
  kind: "value",
  upload: true,
  errors: ["conflict", "failed-precondition", "invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/containers/{ref}/restore", flag: "import" },
});
