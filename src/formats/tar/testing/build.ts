/** Archives for tests, in memory. */
import type { NewTarEntry } from "../encode.ts";
import { TarScanner } from "../scan.ts";
import type { TarEntry } from "../types.ts";
import { writeTar } from "../write.ts";

export type Member = Partial<NewTarEntry> & { readonly name: string; readonly content?: string | Uint8Array };

/** Type "file" and a plain mode unless said otherwise. */
export async function archiveOf(...members: readonly Member[]): Promise<Uint8Array> {
  const items = members.map(({ content, ...entry }) => {
    const bytes = typeof content === "string" ? Buffer.from(content) : content ?? new Uint8Array(0);
    const type = entry.type ?? "file";
    return { entry: { mode: type === "directory" ? 0o755 : 0o644, ...entry, type, sizeBytes: bytes.length }, content: bytes };
  });
  return collect(writeTar(items));
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part.slice());
  return Buffer.concat(parts);
}

/** As a stream in pieces of `size` bytes. */
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** Entries with their stored content as text; checks that raw and data together are the archive. */
export function scanAll(bytes: Uint8Array, pieceSize = bytes.length): { readonly entry: TarEntry; readonly content: string }[] {
  const found: { entry: TarEntry; content: string }[] = [];
  let seen = 0;
  let current = { content: "" };
  const scanner = new TarScanner({
    raw: (raw) => { seen += raw.length; },
    entry: (entry) => { const member = { entry, content: "" }; current = member; found.push(member); },
    data: (data) => { seen += data.length; current.content += Buffer.from(data).toString("latin1"); },
    endEntry: () => undefined,
  });
  for (let at = 0; at < bytes.length; at += pieceSize) scanner.push(bytes.subarray(at, at + pieceSize));
  scanner.finish();
  if (seen !== bytes.length) throw new Error(`the scanner gave out ${seen} of ${bytes.length} bytes`);
  return found;
}
