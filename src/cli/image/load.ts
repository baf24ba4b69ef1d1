/** `podman load` and `podman import`: archives from files and standard input. */
import { resolve } from "node:path";
import { createReadStream, statSync } from "node:fs";
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { CommandContext } from "../kit/types.ts";
import { progressPrinter } from "./progress.ts";

export async function loadImages(context: CommandContext, input: string | undefined, quiet: boolean): Promise<void> {
  const engine = await context.engine();
  const printer = progressPrinter(context.err, quiet);
  const options = { signal: context.signal, onProgress: printer.onProgress };
  try {
    const { Names } = await load();
    await printer.finish();
    await context.out.write(Names.map((name) => `Loaded image: ${name}\n`).join(""));
  } finally { await printer.finish(); }

  async function load(): Promise<{ readonly Names: readonly string[] }> {
    if (input === undefined || input === "") {
      if (context.stdin.isTTY) throw new EngineError("invalid-argument", "cannot read from terminal, use command-line redirection or the --input flag");
      return engine.image.load({}, { ...options, body: standardInput(context) });
    }
    if (/^https?:\/\//.test(input)) return engine.image.load({}, { ...options, body: await download(context, input) });
    const path = resolve(input);
    const isFolder = existing(path).isDirectory();
    if (!context.isRemote) return engine.image.loadPath({ path }, options);
    if (isFolder) throw new EngineError("invalid-argument", `remote client supports archives only but ${JSON.stringify(input)} is a directory`);
    return engine.image.load({}, { ...options, body: createReadStream(path) });
  }
}

function existing(path: string): { isDirectory(): boolean } {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) throw new EngineError("not-found", `faccessat ${path}: no such file or directory`);
  return info;
}

export async function* standardInput({ stdin }: CommandContext): ByteStream {
  for await (const chunk of stdin) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk as Uint8Array;
}

interface ImportFlags { readonly arch?: string | undefined; readonly os?: string | undefined; readonly variant?: string | undefined; readonly change: readonly string[]; readonly message?: string | undefined; readonly quiet: boolean }

/** `import PATH|URL|- [REFERENCE]`; a lone argument that is no file is the reference, and the archive comes on standard input. */
export async function importArchive(context: CommandContext, [source = "", reference]: readonly string[], flags: ImportFlags): Promise<void> {
  const engine = await context.engine();
  const printer = progressPrinter(context.err, flags.quiet);
  const input = {
    ...(reference === undefined ? {} : { reference }), changes: flags.change, ...(flags.message === undefined ? {} : { message: flags.message }),
    ...(flags.arch === undefined ? {} : { arch: flags.arch }), ...(flags.os === undefined ? {} : { os: flags.os }), ...(flags.variant === undefined ? {} : { variant: flags.variant }),
  };
  try {
    const { Id } = await engine.image.import(input, { signal: context.signal, onProgress: printer.onProgress, body: await open() });
    await printer.finish();
    await context.out.write(`${Id}\n`);
  } finally { await printer.finish(); }

  async function open(): Promise<ByteStream> {
    if (source === "-") return standardInput(context);
    if (/^https?:\/\//.test(source)) return download(context, source);
    const path = resolve(source);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new EngineError("not-found", `open ${path}: no such file or directory`);
    return createReadStream(path);
  }
}

async function download(context: CommandContext, address: string): Promise<ByteStream> {
  await context.out.write(`Downloading from ${JSON.stringify(address)}\n`);
  const response = await fetch(address, { signal: context.signal });
  if (!response.ok || response.body === null) throw new EngineError("unavailable", `could not read "${address}": the server answered ${response.status}`);
  return response.body;
}
