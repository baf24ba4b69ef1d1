import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { checkpointArchive as operation } from "../../contract/container/checkpoint.ts";
import type { CallOptions, InputOf } from "../../contract/kit.ts";
import type { EngineContext } from "../../engine/context.ts";
import { temporaryFolder } from "../../image/access.ts";
import { readFileStream } from "../../transports/file.ts";
import { checkpoint } from "./checkpoint.ts";

/** Whole before its first byte is given: a checkpoint that fails is an error and no broken archive. @throws as `checkpoint` */
export async function* checkpointArchive(context: EngineContext, input: InputOf<typeof operation.input>, options: CallOptions = {}): AsyncGenerator<Uint8Array> {
  const directory = mkdtempSync(join(temporaryFolder(context), "checkpoint"));
  try {
    const exportPath = join(directory, "archive");
    await checkpoint(context, { ...input, compress: input.compress ?? "none", exportPath }, options);
    yield* readFileStream(exportPath);
  } finally { rmSync(directory, { recursive: true, force: true }); }
}
