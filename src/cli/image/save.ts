/** `podman save`. */
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";
import { progressPrinter } from "./progress.ts";

interface SaveFlags { readonly compress: boolean; readonly format: string; readonly multiImageArchive: boolean; readonly output?: string | undefined; readonly quiet: boolean; readonly uncompressed: boolean }

export async function saveImages(context: CommandContext, references: readonly string[], flags: SaveFlags): Promise<void> {
  const output = flags.output === undefined || flags.output === "" ? undefined : resolve(flags.output);
  const isFolder = flags.format === "oci-dir" || flags.format === "docker-dir";
  if (output === undefined && isFolder) throw usageError("cannot save to stdout in directory formats: use --output");
  if (output === undefined && context.out.isTerminal) throw usageError("refusing to save to terminal. Use -o flag or redirect");
  if (output?.includes(":") === true) throw usageError(`invalid filename (should not contain ':') ${JSON.stringify(flags.output)}`);
  if (output !== undefined) refuseOverwriting(output, flags.format);
  const printer = progressPrinter(context.err, flags.quiet);
  const engine = await context.engine();
  const bytes = engine.image.save({
    references, format: flags.format, multiImage: flags.multiImageArchive, ...(flags.output ? { destination: flags.output } : {}), ...(flags.compress ? { compress: true } : {}), ...(flags.uncompressed ? { uncompressed: true } : {}),
  }, { signal: context.signal, onProgress: printer.onProgress });
  try {
    if (output === undefined) for await (const chunk of bytes) await context.out.write(chunk);
    else if (isFolder) await intoFolder(output, bytes);
    else await intoFile(output, bytes);
  } finally { await printer.finish(); }
}

/** An archive is never added to; empty files, devices and pipes are fine. */
function refuseOverwriting(output: string, format: string): void {
  const info = statSync(output, { throwIfNoEntry: false });
  if (info?.isFile() === true && info.size > 0 && format === "docker-archive") throw new EngineError("failed-precondition", "docker-archive doesn't support modifying existing images");
}

/** The file is made with the first byte: a save that cannot begin leaves none. */
async function intoFile(output: string, bytes: ByteStream): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  const { writeFileAtomically } = await import("../write-file.ts");
  await writeFileAtomically(output, (async function* () {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })());
}

async function intoFolder(output: string, bytes: ByteStream): Promise<void> {
  if (existsSync(output) && (!statSync(output).isDirectory() || readdirSync(output).length > 0)) throw new EngineError("failed-precondition", `${output} not empty`, { hint: "give a new or empty directory" });
  const { spool } = await import("../../transports/spool.ts");
  const { TarIndex } = await import("../../transports/archive/tar-index.ts");
  const { unpackFolder } = await import("../../transports/archive/pack.ts");
  const kept = await spool(bytes, tmpdir());
  await using index = await TarIndex.of(kept.file);
  mkdirSync(output, { recursive: true });
  await unpackFolder(index, output);
}
