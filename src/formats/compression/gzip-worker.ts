/** Compresses blocks on a thread of its own: see `block-gzip.ts`. An entry point of the build. */
import { gzipBlock, type GzipLevel } from "./gzip-block.ts";

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<{ readonly block: Uint8Array; readonly level: GzipLevel }>): void => {
  const member = gzipBlock(data.block, data.level);
  self.postMessage(member, [member.buffer as ArrayBuffer]);
};
