/** Output files of commands (`export`, `save`). */
import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EngineError, isErrno, within } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";

/** Writes beside `path` and renames at the end: an interrupted command leaves the old file. Devices and pipes are written to directly. */
export async function writeFileAtomically(path: string, bytes: ByteStream, mode = 0o644): Promise<void> {
  const isSpecial = await Bun.file(path).stat().then((stat) => !stat.isFile(), () => false);
  const target = isSpecial ? path : join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  try {
    const file = await open(target, "w", mode);
    try { for await (const chunk of bytes) await file.write(chunk); } finally { await file.close(); }
    if (!isSpecial) await rename(target, path);
  } catch (error) {
    if (!isSpecial) await rm(target, { force: true });
    // The directory is not there: the file beside it is nobody's business.
    if (isErrno(error, "ENOENT") && !existsSync(dirname(path))) throw new EngineError("not-found", `open ${path}: no such file or directory`, { cause: error });
    throw within(`write ${path}`, error);
  }
}
