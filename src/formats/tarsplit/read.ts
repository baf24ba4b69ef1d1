/** Reads tar-split data record by record: gzip of any writer (containers/storage's has many small members). */
import { createGunzip } from "node:zlib";
import type { ByteStream } from "../stream.ts";
import { corrupt, decodeTarSplit, type TarSplitRecord } from "./entry.ts";

/** A line holds a segment, at most 1 MiB in ours and in containers/storage's for extension headers; base64 adds a third. */
const maxLineLength = 8 << 20;

/** @throws data-loss/corrupt-archive */
export async function* readTarSplit(gzipped: Uint8Array): AsyncGenerator<TarSplitRecord> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  gunzip.end(gzipped);
  try {
    yield* readTarSplitLines(gunzip as AsyncIterable<Buffer>);
  } catch (error) {
    throw isZlibError(error) ? corrupt("the gzip data is damaged", error) : error;
  } finally { gunzip.destroy(); }
}

/** The same for data that are unpacked already. @throws data-loss/corrupt-archive */
export async function* readTarSplitLines(data: ByteStream): AsyncGenerator<TarSplitRecord> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of data) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > maxLineLength) throw corrupt("a record is too long");
    for (const line of lines) if (line !== "") yield decodeTarSplit(line);
  }
  if (rest.trim() !== "") yield decodeTarSplit(rest);
}

const isZlibError = (error: unknown): boolean => error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
