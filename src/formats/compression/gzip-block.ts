/** One block as a gzip member, by libdeflate. No name, no time: the same block gives the same bytes. */
export type GzipLevel = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export function gzipBlock(block: Uint8Array, level: GzipLevel): Uint8Array {
  return Bun.gzipSync(block as Uint8Array<ArrayBuffer>, { level, library: "libdeflate" });
}
