/** `podman cp` in its three directions. */
import { dirname } from "node:path";
import { EngineError, isEngineError, within } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { baseOf, dirOf, type PathReport, type PathStat } from "../../contract/types/path-stat.ts";
import type { CommandContext } from "../kit/types.ts";
import { parseEnds, type CopyEnd } from "./arguments.ts";
import { hostPath, packHost, unpackHost, type HostPath } from "./host.ts";

export interface CopyFlags { readonly archive: boolean; readonly overwrite: boolean }
interface InContainer { readonly container: string; readonly path: string }
/** Where a copy into a container goes: an existing place, or a new name in `stat`'s directory. */
interface Destination { readonly stat: PathStat; readonly name: string; readonly isNew: boolean }

const directoryOnly = (): EngineError => new EngineError("invalid-argument", "destination must be a directory when copying a directory");

/** @throws not-found, invalid-argument in Podman's words */
export async function copy(context: CommandContext, [source = "", destination = ""]: readonly string[], flags: CopyFlags): Promise<void> {
  const { from, to } = parseEnds(source, destination);
  const engine = await context.engine();
  if (isInContainer(from) && isInContainer(to)) return between(context, engine, from, to, flags);
  return isInContainer(from) ? fromContainer(context, engine, from, to.path, flags) : toContainer(context, engine, from.path, { container: to.container ?? "", path: to.path }, flags);
}

function isInContainer(end: CopyEnd): end is InContainer { return end.container !== undefined; }

async function mustExist(engine: Engine, ref: string): Promise<void> {
  try { await engine.container.exists({ ref }); } catch (error) {
    if (isEngineError(error, "not-found")) throw new EngineError("not-found", `container ${JSON.stringify(ref)} does not exist`, { reason: "no-such-container" });
    throw error;
  }
}

async function between(context: CommandContext, engine: Engine, from: InContainer, to: InContainer, flags: CopyFlags): Promise<void> {
  await mustExist(engine, from.container);
  await mustExist(engine, to.container);
  const source = await sourceOf(engine, from);
  const { stat, name, isNew } = await destinationOf(engine, to, false);
  if (source.isDir && !stat.isDir) throw directoryOnly();
  // What is in a directory, to a place that is not there yet: the directory itself, by another name.
  const path = isNew && source.isDir && baseOf(from.path) === "." ? dirOf(source.linkTarget) : source.linkTarget;
  const rename = isNew || (!source.isDir && !stat.isDir) ? { [baseOf(path)]: name } : undefined;
  await put(context, engine, to.container, directoryOf(stat), engine.container.copyFrom({ ref: from.container, path }, { signal: context.signal }), flags, rename);
}

async function fromContainer(context: CommandContext, engine: Engine, from: InContainer, to: string, flags: CopyFlags): Promise<void> {
  await mustExist(engine, from.container);
  const source = await sourceOf(engine, from);
  const read = (path: string): ByteStream => named("copying from container", engine.container.copyFrom({ ref: from.container, path }, { signal: context.signal }));
  if (to === "-") {
    for await (const chunk of read(source.linkTarget)) await context.out.write(chunk);
    return;
  }
  const existing = hostPath(to);
  const host = existing ?? parentOnHost(to);
  if (!host.isDirectory && !host.isFile) throw new EngineError("invalid-argument", `invalid destination: ${JSON.stringify(host.path)} must be a directory or a regular file`);
  const isNew = existing === undefined;
  const path = isNew && source.isDir && baseOf(source.linkTarget) === "." ? dirOf(source.linkTarget) : source.linkTarget;
  if (source.isDir && !host.isDirectory) throw directoryOnly();
  const rename = isNew || (!source.isDir && !host.isDirectory) ? { [baseOf(path)]: baseOf(isNew ? to : host.path) } : undefined;
  const directory = host.isDirectory ? host.path : dirname(host.path);
  await relay("copying to host", read(path), async (stream) => unpackHost(directory, stream, { overwrite: flags.overwrite, signal: context.signal, ...(rename === undefined ? {} : { rename }) }));
}

function parentOnHost(path: string): HostPath {
  const parent = path.endsWith("/") ? undefined : hostPath(dirname(path));
  if (parent === undefined) throw new EngineError("not-found", `${JSON.stringify(path)} could not be found on the host: no such file or directory`);
  return parent;
}

async function toContainer(context: CommandContext, engine: Engine, from: string, to: InContainer, flags: CopyFlags): Promise<void> {
  await mustExist(engine, to.container);
  const host = from === "-" ? undefined : hostPath(from);
  if (from !== "-" && host === undefined) throw new EngineError("not-found", `${JSON.stringify(from)} could not be found on the host: no such file or directory`);
  const { stat, name, isNew } = await destinationOf(engine, to, from === "-");
  if (host === undefined) {
    if (!stat.isDir) throw new EngineError("invalid-argument", "destination must be a directory when copying from stdin");
    const [{ spoolArchive }, { standardInput }] = await Promise.all([import("./standard-input.ts"), import("../image/load.ts")]);
    await using archive = await spoolArchive(standardInput(context));
    await put(context, engine, to.container, directoryOf(stat), archive.stream(), flags);
    return;
  }
  if (host.isDirectory && !stat.isDir) throw directoryOnly();
  const topName = isNew || (!host.isDirectory && !stat.isDir) ? name : undefined;
  await put(context, engine, to.container, directoryOf(stat), packHost(host, topName, context.signal), flags);
}

const directoryOf = ({ isDir, linkTarget }: PathStat): string => (isDir ? linkTarget : dirOf(linkTarget));

async function put(context: CommandContext, engine: Engine, ref: string, path: string, archive: ByteStream, { archive: chown, overwrite }: CopyFlags, rename?: Readonly<Record<string, string>>): Promise<void> {
  await relay("copying to container", named("copying from source", archive), async (body) => engine.container.copyInto({ ref, path, chown, noOverwriteDirNonDir: !overwrite, ...(rename === undefined ? {} : { rename }) }, { body, signal: context.signal }));
}

async function sourceOf(engine: Engine, { container, path }: InContainer): Promise<PathStat> {
  const report = await statOf(engine, container, path);
  if (report === undefined || report.broken === true) throw missingIn(container, path);
  return report.stat;
}

/** undefined when nothing is there. */
async function statOf(engine: Engine, ref: string, path: string): Promise<PathReport | undefined> {
  try { return await engine.container.statPath({ ref, path }); } catch (error) {
    if (isEngineError(error, "not-found") && error.reason === undefined) return undefined;
    throw within(`${JSON.stringify(path)} could not be found on container ${ref}`, error);
  }
}

const missingIn = (container: string, path: string): EngineError => new EngineError("not-found", `${JSON.stringify(path)} could not be found on container ${container}: no such file or directory`);

async function destinationOf(engine: Engine, { container, path }: InContainer, isInput: boolean): Promise<Destination> {
  const report = await statOf(engine, container, path);
  if (report !== undefined && report.broken !== true) return { stat: report.stat, name: baseOf(report.stat.linkTarget), isNew: false };
  if (path.endsWith("/")) throw missingIn(container, path);
  if (isInput) throw new EngineError("invalid-argument", "destination must be a directory when copying from stdin");
  // A link to nowhere: what it points to is made.
  const wanted = report?.stat.linkTarget ?? path;
  const parent = dirOf(wanted);
  const found = await statOf(engine, container, parent);
  if (found === undefined || found.broken === true) throw missingIn(container, path);
  return { stat: found.stat, name: baseOf(wanted), isNew: true };
}

/** The source's own errors, told apart from those of who reads it. */
class SourceError extends Error {
  readonly error: EngineError;
  constructor(error: EngineError) { super(error.message); this.error = error; }
}
async function* named(action: string, source: ByteStream): AsyncGenerator<Uint8Array> {
  try { yield* source; } catch (error) { throw new SourceError(within(action, error)); }
}

async function relay(action: string, source: ByteStream, write: (stream: ByteStream) => Promise<void>): Promise<void> {
  let failure: SourceError | undefined;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try { yield* source; } catch (error) { if (error instanceof SourceError) failure = error; throw error; }
  }
  try { await write(watched()); } catch (error) { throw failure?.error ?? within(action, error); }
}
