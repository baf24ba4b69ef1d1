import type { PodCreate, PodNamespace } from "../contract/types/pod.ts";

export const podRecordVersion = 1;

/** A pod as it is kept: resolved at create. What runs in it is told by its containers (`containers.usersOf("pod", id)`). */
export interface PodRecord {
  readonly version: number;
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** What was asked, for `inspect`, `clone` and `generate`. */
  readonly create: PodCreate;
  /** The container that holds the shared namespaces; absent without one, and until it is made. */
  readonly infraId?: string;
  /** In Podman's order: ipc, net, uts, then the others. Empty without an infra container. */
  readonly shared: readonly PodNamespace[];
  readonly exitPolicy: "continue" | "stop";
  readonly cgroupManager: "systemd" | "cgroupfs";
  readonly cgroupParent: string;
  /** Where its containers' cgroups go; absent when they do not share a parent. */
  readonly cgroupPath?: string;
}
