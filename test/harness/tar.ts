/** A tar writer for tests, apart from the product's own: a bug must not be on both sides. ustar, names up to 100 bytes. */
export interface TarEntry {
  /** With a final slash it is a folder. */
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Target of a symbolic link. */
  readonly link?: string;
  /** Name of an earlier entry to link to. */
  readonly hardLink?: string;
  /** One letter, for entries of other kinds. */
  readonly type?: string;
  readonly mtimeSeconds?: number;
}

const block = 512;

export function tar(entries: readonly TarEntry[]): Uint8Array {
  return Buffer.concat([...entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? "");
    return [header(entry, content.length), content, Buffer.alloc((block - content.length % block) % block)];
  }), Buffer.alloc(2 * block)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  if (Buffer.byteLength(entry.name) > 100) throw new Error(`name too long for ustar: ${entry.name}`);
  const isFolder = entry.name.endsWith("/");
  const type = entry.type ?? (entry.link !== undefined ? "2" : entry.hardLink !== undefined ? "1" : isFolder ? "5" : "0");
  const octal = (at: number, width: number, value: number): void => { bytes.write(value.toString(8).padStart(width - 1, "0"), at); };
  bytes.write(entry.name, 0);
  octal(100, 8, entry.mode ?? (isFolder ? 0o755 : entry.link === undefined ? 0o644 : 0o777));
  octal(108, 8, entry.uid ?? 0);
  octal(116, 8, entry.gid ?? 0);
  octal(124, 12, size);
  octal(136, 12, entry.mtimeSeconds ?? 1_704_067_200);
  bytes.fill(" ", 148, 156);
  bytes.write(type, 156);
  bytes.write(entry.link ?? entry.hardLink ?? "", 157);
  bytes.write("ustar\0" + "00", 257);
  octal(148, 7, bytes.reduce((sum, byte) => sum + byte, 0));
  bytes[155] = 0x20;
  return bytes;
}
