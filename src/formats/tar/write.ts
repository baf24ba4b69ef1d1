/** Entries with content → a tar stream. */
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../stream.ts";
import { encodeTarHeader, tarPadding, tarTrailer, type NewTarEntry } from "./encode.ts";

export interface TarItem { readonly entry: NewTarEntry; /** Exactly `entry.sizeBytes` bytes. */ readonly content?: Uint8Array | ByteStream }

/** @throws invalid-argument for an entry that tar cannot say, or content of another length than announced */
export async function* writeTar(items: AsyncIterable<TarItem> | Iterable<TarItem>): AsyncGenerator<Uint8Array> {
  for await (const { entry, content } of items) {
    yield encodeTarHeader(entry);
    const size = entry.sizeBytes ?? 0;
    let written = 0;
    for await (const chunk of content === undefined ? [] : content instanceof Uint8Array ? [content] : content) {
      written += chunk.length;
      if (written > size) throw wrongLength(entry);
      yield chunk;
    }
    if (written !== size) throw wrongLength(entry);
    if (size % 512 !== 0) yield tarPadding(size);
  }
  yield tarTrailer();
}

function wrongLength(entry: NewTarEntry): EngineError {
  return new EngineError("invalid-argument", `write tar entry "${entry.name ?? entry.rawName ?? ""}": the content is not ${entry.sizeBytes ?? 0} bytes long`);
}
