/**
 * Docker's multiplexed stream: 8-byte header (stream, 0, 0, 0, big-endian length), then the data. Used by attach, exec and
 * logs without a terminal; with one the bytes go raw. Docker Engine API, "Attach to a container", stream format.
 */
import { EngineError } from "../base/errors.ts";
import type { ByteStream, OutputFrame } from "./kit.ts";

const streamNumbers = { stdout: 1, stderr: 2 } as const;
/** A frame above this is a broken or hostile peer: conmon writes at most 8 KiB, docker at most 32 KiB at a time. */
const maxFrameBytes = 16 * 1024 * 1024;

export function encodeFrame(frame: OutputFrame): Uint8Array {
  const bytes = new Uint8Array(8 + frame.data.length);
  bytes[0] = streamNumbers[frame.stream];
  new DataView(bytes.buffer).setUint32(4, frame.data.length);
  bytes.set(frame.data, 8);
  return bytes;
}

/** Splits a multiplexed stream into frames. @throws data-loss when it is not one */
export async function* decodeFrames(stream: ByteStream): AsyncGenerator<OutputFrame> {
  let pending: Uint8Array = new Uint8Array(0);
  for await (const chunk of stream) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let size = frameSize(pending); size !== undefined && pending.length >= 8 + size; size = frameSize(pending)) {
      yield { stream: pending[0] === streamNumbers.stderr ? "stderr" : "stdout", data: pending.slice(8, 8 + size) };
      pending = pending.subarray(8 + size);
    }
  }
}

function frameSize(pending: Uint8Array): number | undefined {
  if (pending.length < 8) return undefined;
  const size = new DataView(pending.buffer, pending.byteOffset).getUint32(4);
  if ((pending[0] ?? 0) > 3 || size > maxFrameBytes) throw new EngineError("data-loss", "read multiplexed stream: bad frame header");
  return size;
}

/** A raw (terminal) stream as frames. */
export async function* rawFrames(stream: ByteStream): AsyncGenerator<OutputFrame> {
  for await (const data of stream) yield { stream: "stdout", data };
}
