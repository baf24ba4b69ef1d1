// @table
/** Bounds of the tar reader. Each stops an archive from making us hold more than that much at a time. */

/** Size of one block: everything in tar is a multiple of it. */
export const blockBytes = 512;
/** One PAX header or GNU long name. Go's archive/tar has the same limit, so no image that Podman takes is refused. */
export const maxExtensionBytes = 1 << 20;
/** Records in one PAX header: 1 MiB of the shortest possible records would be 170 thousand. */
export const maxPaxRecords = 65_536;
/** A path: Linux's PATH_MAX. Longer names cannot be made on disk. */
export const maxNameBytes = 4096;
/** Extension headers before one entry. GNU tar writes at most two, libarchive two. */
export const maxExtensionsPerEntry = 16;
/** Data runs of one sparse file. A map of 1 MiB holds fewer. */
export const maxSparseRuns = 65_536;
