/**
 * The engine's own state: one SQLite file in WAL mode beside Podman's, so readers never wait for writers. Containers are one
 * row each: id, name, config JSON, state JSON. Locks are OFD locks on a file per object (DESIGN §3), in the order
 * pod → container → volume → storage.
 */
import type { ContainerRecord, ContainerConfig, StateChange } from "../container/record.ts";
import type { ExecRecord, ExecState } from "./exec-record.ts";
import type { PodRecord } from "./pod-record.ts";
import type { VolumeRecord } from "./volume-record.ts";

/** Read without locks; a snapshot. A row that cannot be read is left out of lists and never blocks another one. */
export interface ContainerTable {
  list(): readonly ContainerRecord[];
  get(id: string): ContainerRecord | undefined;
  /** By full id, exact name, then unique id prefix. @throws not-found/no-such-container, failed-precondition/ambiguous-ref, data-loss for an unreadable row */
  resolve(ref: string): ContainerRecord;
  /** Like `resolve`, without reading the row: works for a damaged one. */
  resolveId(ref: string): string;
  /**
   * Takes the name before anything else of the container exists. Not listed until `insert`; a reservation whose maker died is
   * what `unfinished` gives. @throws conflict/name-in-use with Podman's sentence
   */
  reserve(id: string, name: string): void;
  /** By a container or a pod. */
  isNameTaken(name: string): boolean;
  /** Ids reserved and never inserted, by running makers too: their lock tells. */
  unfinished(): readonly string[];
  /** @throws conflict/name-in-use with Podman's sentence */
  insert(record: ContainerRecord): void;
  /** Merges into the state; a key with the value undefined is removed. Only with the container's lock held. */
  setState(id: string, change: StateChange): ContainerRecord;
  setConfig(id: string, config: ContainerConfig): ContainerRecord;
  /** @throws conflict/name-in-use */
  rename(id: string, name: string): void;
  /** Row, name and exec sessions. Idempotent. */
  remove(id: string): void;
  /** Ids of containers that use a volume, or that need another container (`dependency`) to start. */
  usersOf(kind: "volume" | "dependency" | "pod", target: string): readonly string[];
}

/** Read without locks, like containers. */
export interface PodTable {
  /** Oldest first. */
  list(): readonly PodRecord[];
  get(id: string): PodRecord | undefined;
  /** By full id, exact name, then unique id prefix. @throws not-found/no-such-pod, failed-precondition/ambiguous-ref, data-loss */
  resolve(ref: string): PodRecord;
  /** Like `resolve`, without reading the row. */
  resolveId(ref: string): string;
  /** By a container or a pod. */
  isNameTaken(name: string): boolean;
  /** With its name. @throws conflict/name-in-use */
  insert(record: PodRecord): void;
  /** Only with the pod's lock held. */
  update(record: PodRecord): void;
  /** Row and name. Idempotent. */
  remove(id: string): void;
}

export interface VolumeTable {
  list(): readonly VolumeRecord[];
  get(name: string): VolumeRecord | undefined;
  /** By name, then unique prefix. @throws not-found/no-such-volume, failed-precondition/ambiguous-ref */
  resolve(ref: string): VolumeRecord;
  /** False when the name was there already. */
  insert(record: VolumeRecord): boolean;
  update(record: VolumeRecord): void;
  /** Idempotent. */
  remove(name: string): void;
}

export interface ExecTable {
  /** @throws not-found/no-such-exec */
  resolve(id: string): ExecRecord;
  of(containerId: string): readonly ExecRecord[];
  insert(record: ExecRecord): void;
  setState(id: string, change: Partial<ExecState>): ExecRecord;
  /** Idempotent. */
  remove(id: string): void;
}

/** Exit codes outlive their containers for a while, for `wait` on a container that removes itself. */
export interface ExitCodeTable {
  get(containerId: string): number | undefined;
  /** Ids, newest first, that start with a prefix. */
  find(prefix: string): readonly string[];
  set(containerId: string, code: number): void;
}

export interface State extends Disposable {
  readonly containers: ContainerTable;
  readonly pods: PodTable;
  readonly volumes: VolumeTable;
  readonly exec: ExecTable;
  readonly exitCodes: ExitCodeTable;
  /** Runs the work as one transaction. Not for awaiting. */
  atomically<T>(work: () => T): T;
  /** File that changes on disk with every write: what waiting readers watch. */
  readonly watchPath: string;
}
