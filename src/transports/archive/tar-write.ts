/** Tar entries of image archives: plain files, folders and links, written so that equal images give equal archives. */
import type { ByteStream } from "../../contract/kit.ts";
import { EngineError } from "../../base/errors.ts";

const blockBytes = 512;
/** Largest size in the octal field: 8 GiB; above it a PAX record carries the size. */
const maxOctalSize = 0o77777777777;

export interface WrittenEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly size?: number;
  readonly target?: string;
  /** Seconds since 1970. */
  readonly mtime?: number;
}

/** The header block(s) of an entry. @throws invalid-argument for names over 100 bytes: image archives have none */
export function tarHeader(entry: WrittenEntry): Uint8Array {
  const size = entry.size ?? 0;
  if (size <= maxOctalSize) return block(entry, size, flags[entry.type]);
  const record = paxRecord("size", String(size));
  const pax = block({ ...entry, name: `PaxHeaders.0/${entry.name}`.slice(0, 100), type: "file" }, record.length, "x");
  return Buffer.concat([pax, record, padding(record.length), block(entry, 0, flags[entry.type])]);
}

const flags = { file: "0", directory: "5", symlink: "2" } as const;

function block(entry: WrittenEntry, size: number, flag: string): Uint8Array {
  const header = Buffer.alloc(blockBytes);
  const text = (value: string, offset: number, length: number): void => {
    const bytes = Buffer.from(value);
    if (bytes.length > length) throw new EngineError("invalid-argument", `name ${JSON.stringify(value)} is too long for an image archive`);
    bytes.copy(header, offset);
  };
  const octal = (value: number, offset: number, length: number): void => { header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset, "latin1"); };
  text(entry.name, 0, 100);
  octal(entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(entry.mtime ?? 0, 136, 12);
  header.write("        ", 148, "latin1");
  header.write(flag, 156, "latin1");
  text(entry.target ?? "", 157, 100);
  header.write("ustar\x0000", 257, "latin1");
  octal(0, 329, 8);
  octal(0, 337, 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

function paxRecord(key: string, value: string): Uint8Array {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return Buffer.from(`${length}${rest}`);
}

export function padding(size: number): Uint8Array { return new Uint8Array((blockBytes - (size % blockBytes)) % blockBytes); }
/** The two zero blocks that end an archive. */
export const tarEnd = (): Uint8Array => new Uint8Array(2 * blockBytes);

/** Header, content and padding. @throws data-loss when the content has another size than the header says */
export async function* tarFile(entry: WrittenEntry & { readonly size: number }, data: ByteStream): ByteStream {
  yield tarHeader(entry);
  let written = 0;
  for await (const chunk of data) {
    written += chunk.length;
    if (written > entry.size) break;
    yield chunk;
  }
  if (written !== entry.size) throw new EngineError("data-loss", `${entry.name}: ${written} bytes where ${entry.size} were expected`);
  yield padding(entry.size);
}
