/**
 * The engine's own state: one SQLite file in WAL mode beside Podman's, so readers never wait for writers. Containers are one
 * row each: id, name, config JSON, state JSON. Locks are OFD locks on a file per object (DESIGN §3), in the order
 * pod → container → volume → storage, asserted at run time.
 */
import type { ContainerRecord, ContainerConfig, ContainerState } from "../container/record.ts";

/** Read without locks; a snapshot. */
export interface ContainerTable {
  list(): readonly ContainerRecord[];
  get(id: string): ContainerRecord | undefined;
  /** By full id, exact name, then unique id prefix. @throws not-found/no-such-container, failed-precondition/ambiguous-ref */
  resolve(ref: string): ContainerRecord;
  /** @throws conflict/name-in-use with Podman's sentence */
  insert(record: ContainerRecord): void;
  /** Merges into the state. Only with the container's lock held. */
  setState(id: string, change: Partial<ContainerState>): ContainerRecord;
  setConfig(id: string, config: ContainerConfig): ContainerRecord;
  rename(id: string, name: string): void;
  /** Idempotent. */
  remove(id: string): void;
}
