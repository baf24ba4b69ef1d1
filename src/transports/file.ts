/** Files as byte streams and byte streams as files. */
import { open, type FileHandle } from "node:fs/promises";
import type { ByteStream } from "../contract/kit.ts";
import { EngineError } from "../base/errors.ts";

const chunkBytes = 256 * 1024;

/** `length` bytes from `offset`; fresh buffers, so a consumer may keep them. @throws data-loss/corrupt-archive when the file is shorter */
export async function* readRange(file: FileHandle, offset: number, length: number): ByteStream {
  for (let done = 0; done < length;) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, length - done));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset + done);
    if (bytesRead === 0) throw new EngineError("data-loss", `unexpected end of file, ${length - done} bytes are missing`, { reason: "corrupt-archive" });
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A whole file, from `offset`. The file is closed at the end of the stream. */
export async function* readFileStream(path: string, offset = 0): ByteStream {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  yield* readRange(file, offset, Math.max(0, size - offset));
}

/** Writes a stream to an open file at its position; returns the number of bytes. */
export async function writeStream(file: FileHandle, data: ByteStream): Promise<number> {
  let size = 0;
  for await (const chunk of data) {
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await file.write(chunk, done, chunk.length - done);
      done += bytesWritten;
    }
    size += chunk.length;
  }
  return size;
}
