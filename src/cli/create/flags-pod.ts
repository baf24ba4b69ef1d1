/** Flags of `pod create`: those of the infra container, and the pod's own. */
import type { Flags } from "../kit/types.ts";
import { networkFlags } from "./flags-network.ts";
import { processFlags } from "./flags-process.ts";
import { resourceFlags } from "./flags-resources.ts";
import { securityFlags } from "./flags-security.ts";
import { storageFlags } from "./flags-storage.ts";

const { expose: _expose, publishAll: _publishAll, ...network } = networkFlags;
const { label, labelFile, hostname, replace, restart } = processFlags;
const { gidmap, pid, securityOpt, subgidname, subuidname, sysctl, uidmap, userns, uts } = securityFlags;
const { device, gpus, shmSize, shmSizeSystemd, volume, volumesFrom } = storageFlags;
const { blkioWeight, blkioWeightDevice, cgroupParent, cpuShares, cpus, cpusetCpus, cpusetMems, deviceReadBps, deviceWriteBps, memory, memorySwap } = resourceFlags;

/** Those of a container that a pod has too; what they say becomes the infra container's, limits the pod's. */
export const infraFlags = {
  ...network, label, labelFile, hostname, replace, restart, gidmap, pid, securityOpt, subgidname, subuidname, sysctl, uidmap, userns, uts,
  device, gpus, shmSize, shmSizeSystemd, volume, volumesFrom,
  blkioWeight, blkioWeightDevice, cgroupParent, cpuShares, cpus, cpusetCpus, cpusetMems, deviceReadBps, deviceWriteBps, memory, memorySwap,
} as const satisfies Flags;

export const podFlags = {
  exitPolicy: { kind: "string", name: "exit-policy", default: "continue", doc: "What to do when the last container exits", completion: ["continue", "stop"] },
  infra: { kind: "bool", name: "infra", default: true, doc: "Make a container that holds what the pod shares" },
  infraCommand: { kind: "string", name: "infra-command", doc: "Command of the infra container" },
  infraConmonPidfile: { kind: "string", name: "infra-conmon-pidfile", doc: "File to write the process ID of the infra container's conmon to", completion: "file" },
  infraImage: { kind: "string", name: "infra-image", doc: "Image of the infra container in place of the built-in one", completion: "image" },
  infraName: { kind: "string", name: "infra-name", doc: "Name of the infra container" },
  name: { kind: "string", name: "name", short: "n", doc: "Name of the pod", completion: "none" },
  podIdFile: { kind: "string", name: "pod-id-file", doc: "File to write the pod's ID to", completion: "file" },
  share: { kind: "string", name: "share", default: "ipc,net,uts", doc: "Namespaces that the containers share, separated by commas; + adds to the default", completion: ["ipc", "net", "pid", "user", "uts", "cgroup", "none"] },
  shareParent: { kind: "bool", name: "share-parent", default: true, doc: "The pod's cgroup is the parent of its containers'" },
} as const satisfies Flags;
