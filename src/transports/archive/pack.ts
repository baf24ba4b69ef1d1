/** A folder of an image (layout or `dir:`) as one tar stream, in sorted order; and back. Only names that such folders have are unpacked. */
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { readFileStream, writeStream } from "../file.ts";
import type { TarIndex } from "./tar-index.ts";
import { tarEnd, tarFile, tarHeader } from "./tar-write.ts";

/** Everything below `folder`; folders before their content, each level in order of name. */
export async function* packFolder(folder: string): ByteStream {
  yield* packLevel(folder, "");
  yield tarEnd();
}

async function* packLevel(folder: string, prefix: string): ByteStream {
  for (const name of readdirSync(join(folder, prefix)).toSorted()) {
    const path = join(prefix, name);
    const info = statSync(join(folder, path));
    const mtime = Math.floor(info.mtimeMs / 1000);
    if (info.isDirectory()) {
      yield tarHeader({ name: `${path}/`, type: "directory", mode: 0o755, mtime });
      yield* packLevel(folder, path);
    } else yield* tarFile({ name: path, type: "file", mode: 0o644, size: info.size, mtime }, readFileStream(join(folder, path)));
  }
}

const allowed = /^(?:blobs\/sha(?:256|512)\/[0-9a-f]{64,128}|index\.json|oci-layout|[0-9a-f]{64}(?:\.manifest\.json)?|manifest\.json|version|signature-\d{1,4})$/;

/** Unpacks what `packFolder` made; the folder must exist. @throws data-loss/corrupt-archive for any other name */
export async function unpackFolder(index: TarIndex, folder: string): Promise<void> {
  for (const name of index.names()) {
    if (!allowed.test(name)) throw new EngineError("data-loss", `unexpected file ${JSON.stringify(name)} in an image archive`, { reason: "corrupt-archive" });
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    await using file = await open(join(folder, name), "wx", 0o644);
    await writeStream(file, index.stream(name));
  }
}
