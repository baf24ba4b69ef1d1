/** Streaming compression for pushed and saved layers. */
import { createGzip, createZstdCompress, constants } from "node:zlib";
import type { ByteStream } from "../stream.ts";
import { chunkBytes, throughTransform } from "./transform.ts";

/**
 * Deterministic: gzip without name and time. `level`: gzip 1–9 (default 6), zstd 1–22 (default 3).
 */
export function compress(source: ByteStream, algorithm: "gzip" | "zstd", level?: number): ByteStream {
  const transform = algorithm === "gzip"
    ? createGzip({ chunkSize: chunkBytes, level: level ?? constants.Z_DEFAULT_COMPRESSION })
    : createZstdCompress({ chunkSize: chunkBytes, params: { [constants.ZSTD_c_compressionLevel]: level ?? constants.ZSTD_CLEVEL_DEFAULT, [constants.ZSTD_c_checksumFlag]: 1 } });
  return throughTransform(source, transform, (error) => error);
}
