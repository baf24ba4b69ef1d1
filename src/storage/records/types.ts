/**
 * The JSON of layers.json, images.json, containers.json and mountpoints.json, with containers/storage's field names. Empty
 * values are left out, as its encoder does. Fields that are not listed here are kept as they were when a record is rewritten.
 */
import type { IdMap } from "../../contract/types/container-create.ts";

export interface IdMapRecord { readonly container_id: number; readonly host_id: number; readonly size: number }
export type Flags = Readonly<Record<string, unknown>>;

export interface LayerRecord {
  readonly id: string;
  readonly names?: readonly string[];
  readonly parent?: string;
  readonly metadata?: string;
  readonly mountlabel?: string;
  readonly created?: string;
  readonly "compressed-diff-digest"?: string;
  readonly "compressed-size"?: number;
  readonly "diff-digest"?: string;
  readonly "diff-size"?: number;
  readonly "toc-digest"?: string | undefined;
  readonly compression?: number;
  readonly uidset?: readonly number[];
  readonly gidset?: readonly number[];
  readonly flags?: Flags;
  readonly uidmap?: readonly IdMapRecord[];
  readonly gidmap?: readonly IdMapRecord[];
  readonly "big-data-names"?: readonly string[];
}

export interface ImageRecord {
  readonly id: string;
  readonly digest?: string;
  readonly names?: readonly string[];
  readonly "names-history"?: readonly string[];
  readonly layer?: string;
  readonly "mapped-layers"?: readonly string[];
  readonly metadata?: string;
  readonly "big-data-names"?: readonly string[];
  readonly "big-data-sizes"?: Readonly<Record<string, number>>;
  readonly "big-data-digests"?: Readonly<Record<string, string>>;
  readonly created?: string;
  readonly flags?: Flags;
}

export interface ContainerRecord {
  readonly id: string;
  readonly names?: readonly string[];
  readonly image: string;
  readonly layer: string;
  readonly metadata?: string;
  readonly "big-data-names"?: readonly string[];
  readonly "big-data-sizes"?: Readonly<Record<string, number>>;
  readonly "big-data-digests"?: Readonly<Record<string, string>>;
  readonly created?: string;
  readonly uidmap?: readonly IdMapRecord[];
  readonly gidmap?: readonly IdMapRecord[];
  readonly flags?: Flags;
}

export interface MountRecord { readonly id: string; readonly path: string; readonly count: number }

/** Go writes the zero time for a record that has none. */
export const zeroTime = "0001-01-01T00:00:00Z";

export const toIdMaps = (records: readonly IdMapRecord[] | undefined): readonly IdMap[] =>
  (records ?? []).map(({ container_id, host_id, size }) => ({ containerId: container_id, hostId: host_id, size }));
export const fromIdMaps = (maps: readonly IdMap[] | undefined): readonly IdMapRecord[] | undefined =>
  maps === undefined || maps.length === 0 ? undefined : maps.map(({ containerId, hostId, size }) => ({ container_id: containerId, host_id: hostId, size }));

/** A copy without undefined, empty strings, zeroes, empty lists and empty maps: Go's `omitempty`. `keep` names fields that stay. */
export function omitEmpty<T extends object>(record: T, ...keep: readonly (keyof T & string)[]): T {
  const isEmpty = (value: unknown): boolean => value === undefined || value === "" || value === 0 || value === null
    || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(record).filter(([name, value]) => keep.includes(name as keyof T & string) || !isEmpty(value))) as T;
}
