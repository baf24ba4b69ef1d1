/** Flags of `run` and `create` about privileges and namespaces. */
import type { Flags } from "../kit/types.ts";

export const securityFlags = {
  capAdd: { kind: "csv", name: "cap-add", doc: "Add a capability" },
  capDrop: { kind: "csv", name: "cap-drop", doc: "Drop a capability" },
  cgroupns: { kind: "string", name: "cgroupns", doc: "Cgroup namespace" },
  gidmap: { kind: "csv", name: "gidmap", doc: "Group ID mapping (CONTAINER:HOST:SIZE)" },
  ipc: { kind: "string", name: "ipc", doc: "IPC namespace" },
  pid: { kind: "string", name: "pid", doc: "PID namespace" },
  privileged: { kind: "bool", name: "privileged", default: false, doc: "Give every privilege" },
  seccompPolicy: { kind: "string", name: "seccomp-policy", default: "default", doc: "Where the seccomp profile comes from", completion: ["default", "image"] },
  securityOpt: { kind: "strings", name: "security-opt", doc: "Security option" },
  subgidname: { kind: "string", name: "subgidname", doc: "Name in /etc/subgid for the user namespace" },
  subuidname: { kind: "string", name: "subuidname", doc: "Name in /etc/subuid for the user namespace" },
  sysctl: { kind: "csv", name: "sysctl", doc: "Kernel parameter (key=value)", completion: "sysctl" },
  uidmap: { kind: "csv", name: "uidmap", doc: "User ID mapping (CONTAINER:HOST:SIZE)" },
  userns: { kind: "string", name: "userns", doc: "User namespace" },
  uts: { kind: "string", name: "uts", doc: "UTS namespace" },
} as const satisfies Flags;
