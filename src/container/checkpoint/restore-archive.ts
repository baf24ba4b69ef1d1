import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { RestoreReport, restoreArchive as operation } from "../../contract/container/restore.ts";
import type { InputOf, UploadOptions } from "../../contract/kit.ts";
import type { EngineContext } from "../../engine/context.ts";
import { temporaryFolder } from "../../image/access.ts";
import { writeStream } from "../../transports/file.ts";
import { restore } from "./restore.ts";

/** Read to its end first: the description may come last. @throws as `restore` */
export async function restoreArchive(context: EngineContext, input: InputOf<typeof operation.input>, { body }: UploadOptions): Promise<RestoreReport> {
  const directory = mkdtempSync(join(temporaryFolder(context), "restore"));
  try {
    const importPath = join(directory, "archive");
    const file = await open(importPath, "wx", 0o600);
    try { await writeStream(file, body); } finally { await file.close(); }
    return await restore(context, { ...input, importPath });
  } finally { rmSync(directory, { recursive: true, force: true }); }
}
