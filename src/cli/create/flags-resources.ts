/** Flags of `run` and `create` about limits; the first group also belongs to `update`. */
import type { Flags } from "../kit/types.ts";

export const limitFlags = {
  blkioWeight: { kind: "string", name: "blkio-weight", doc: "Block IO weight, 10 to 1000" },
  blkioWeightDevice: { kind: "strings", name: "blkio-weight-device", placeholder: "DEVICE_NAME:WEIGHT", doc: "Block IO weight for one device" },
  cpuPeriod: { kind: "uint", name: "cpu-period", default: 0, doc: "CFS period in microseconds" },
  cpuQuota: { kind: "int", name: "cpu-quota", default: 0, doc: "CFS quota in microseconds" },
  cpuRtPeriod: { kind: "uint", name: "cpu-rt-period", default: 0, doc: "Period of real-time scheduling, in microseconds" },
  cpuRtRuntime: { kind: "int", name: "cpu-rt-runtime", default: 0, doc: "Real-time run time in microseconds" },
  cpuShares: { kind: "uint", name: "cpu-shares", short: "c", default: 0, doc: "Relative CPU weight" },
  cpus: { kind: "float", name: "cpus", default: 0, doc: "Number of CPUs" },
  cpusetCpus: { kind: "string", name: "cpuset-cpus", doc: "CPUs to run on (0-3, 0,1)" },
  cpusetMems: { kind: "string", name: "cpuset-mems", doc: "NUMA nodes to use (0-3, 0,1)" },
  deviceReadBps: { kind: "strings", name: "device-read-bps", doc: "Bytes per second to read from a device (DEVICE:RATE)" },
  deviceReadIops: { kind: "strings", name: "device-read-iops", doc: "Reads per second from a device (DEVICE:RATE)" },
  deviceWriteBps: { kind: "strings", name: "device-write-bps", doc: "Bytes per second to write to a device (DEVICE:RATE)" },
  deviceWriteIops: { kind: "strings", name: "device-write-iops", doc: "Writes per second to a device (DEVICE:RATE)" },
  memory: { kind: "string", name: "memory", short: "m", placeholder: "<number>[<unit>]", doc: "Memory limit" },
  memoryReservation: { kind: "string", name: "memory-reservation", placeholder: "<number>[<unit>]", doc: "Soft memory limit" },
  memorySwap: { kind: "string", name: "memory-swap", doc: "Limit of memory and swap together; -1 for no limit" },
  memorySwappiness: { kind: "int", name: "memory-swappiness", default: -1, doc: "How eagerly to swap, 0 to 100" },
  pidsLimit: { kind: "int", name: "pids-limit", doc: "Number of processes; -1 for no limit" },
} as const satisfies Flags;

export const ulimitFlag = {
  ulimit: { kind: "csv", name: "ulimit", doc: "Resource limit (NAME=SOFT[:HARD])" },
} as const satisfies Flags;

export const resourceFlags = {
  kernelMemory: { kind: "string", name: "kernel-memory", doc: "Accepted for old scripts' sake; does nothing", hidden: true },
  ...limitFlags,
  cgroupConf: { kind: "csv", name: "cgroup-conf", doc: "Write to a cgroup v2 file (key=value)" },
  cgroupParent: { kind: "string", name: "cgroup-parent", doc: "Parent cgroup" },
  cgroups: { kind: "string", name: "cgroups", default: "enabled", doc: "How to use cgroups", completion: ["enabled", "disabled", "no-conmon", "split"] },
  oomKillDisable: { kind: "bool", name: "oom-kill-disable", default: false, doc: "Keep the OOM killer away" },
  oomScoreAdj: { kind: "int", name: "oom-score-adj", doc: "OOM score adjustment, -1000 to 1000" },
  rdtClass: { kind: "string", name: "rdt-class", doc: "Class of service of the processor's cache (Intel RDT), made in resctrl before" },
  ...ulimitFlag,
} as const satisfies Flags;
