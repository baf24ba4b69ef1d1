// @table
/** Bounds of layer extraction, where the caller names none. */

/** Entries of one layer. The largest images people build (whole distributions, node_modules trees) stay under two million. */
export const maxLayerEntries = 10_000_000;
/** Bytes of one uncompressed layer: 1 TiB. The file system's own end comes first on most machines. */
export const maxLayerBytes = 2 ** 40;
/** Directory descriptors kept open while extracting; far below the usual limit of 1024 open files. */
export const maxOpenDirectories = 256;
/** Synchronous work on a layer before other tasks (downloads, other layers) get their turn. */
export const maxBusyMillis = 12;
/** Depth of directories a walk follows: it keeps one open per level. Longer paths than PATH_MAX are rarer still. */
export const maxDepth = 900;
