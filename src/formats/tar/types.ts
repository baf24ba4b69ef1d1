/**
 * Tar entries. Names in archives are bytes, mostly UTF-8: `name` is the text for people, `rawName` keeps every byte as one
 * character (0–255), so that maps and path steps work on strings and nothing is lost. For ASCII both are the same string.
 */

/** POSIX and GNU type flags that reach a caller; extension records (x, g, L, K) never do. */
export type TarType = "file" | "link" | "symlink" | "char" | "block" | "directory" | "fifo";

/** A run of data in a sparse file; everything between runs reads as zeros. */
export interface SparseRun { readonly offset: number; readonly length: number }

export interface TarEntry {
  readonly type: TarType;
  readonly name: string;
  readonly rawName: string;
  /** Target of a link or symlink, else "". */
  readonly linkName: string;
  readonly rawLinkName: string;
  /** Permission bits with setuid, setgid and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly groupName: string;
  /** Logical size: what a reader of the file sees. 0 for all but files. */
  readonly sizeBytes: number;
  /** Bytes of content in the archive; differs from `sizeBytes` for sparse files. */
  readonly storedBytes: number;
  readonly mtimeNanos: bigint;
  readonly atimeNanos?: bigint;
  readonly ctimeNanos?: bigint;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** Data runs of a sparse file, ascending, not overlapping. */
  readonly sparse?: readonly SparseRun[];
  /** Extended attributes (`SCHILY.xattr.*`, `LIBARCHIVE.xattr.*`): name as raw string, value bytes. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
  /** Other PAX records with meaning to the caller (`GNU.…`, `comment`, vendor keys), as raw strings. */
  readonly paxRecords?: ReadonlyMap<string, string>;
}

/**
 * Receives an archive in stream order; every byte of the archive goes to exactly one of `raw` and `data`. The arrays are views
 * of the caller's chunk, valid during the call only. Whatever a method throws passes through `TarScanner.push`.
 */
export interface TarSink {
  /** Header blocks, extension records, padding, trailer. */
  raw(bytes: Uint8Array): void;
  entry(entry: TarEntry): void;
  /** Stored content of the entry before; `storedBytes` in all. */
  data(bytes: Uint8Array): void;
  /** Content is complete; its padding comes as `raw` after this. */
  endEntry(): void;
}
