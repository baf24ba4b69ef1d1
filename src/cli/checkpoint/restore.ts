/** `podman container restore`: which flags go together, and what is restored. */
import { resolve } from "node:path";
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { RestoreReport } from "../../contract/container/restore.ts";
import { usage } from "../flag-values.ts";
import type { CommandContext, ValuesOf } from "../kit/types.ts";
import type { restoreFlags } from "./flags.ts";
import { reportEach, type Step } from "./report.ts";

type RestoreFlags = ValuesOf<typeof restoreFlags>;

export async function restoreEach(context: CommandContext, args: readonly string[], flags: RestoreFlags): Promise<number> {
  if (!context.isRemote && process.getuid?.() !== 0) throw new EngineError("permission-denied", "restoring a container requires root");
  const engine = await context.engine();
  const isNew = flags.import !== undefined || await namesImage(engine, args);
  checkFlags(args, flags, isNew);
  return reportEach(context, "restore", await stepsOf(context, engine, args, flags), flags.printStats);
}

/** True when the words are no containers but images. @throws not-found for what is neither */
async function namesImage(engine: Engine, args: readonly string[]): Promise<boolean> {
  if (args.length === 0) return false;
  for (const arg of args) if (await isContainer(engine, arg)) return false;
  for (const arg of args) {
    try { await engine.image.exists({ ref: arg }); } catch (error) {
      if (isEngineError(error, "not-found") || isEngineError(error, "invalid-argument")) throw new EngineError("not-found", `no such container or image: ${arg}`, { cause: error, reason: "no-such-container" });
      throw error;
    }
  }
  return true;
}

async function isContainer(engine: Engine, ref: string): Promise<boolean> {
  try { await engine.container.exists({ ref }); return true; } catch (error) {
    if (isEngineError(error, "not-found")) return false;
    throw error;
  }
}

/** @throws invalid-argument with Podman's sentences */
function checkFlags(args: readonly string[], flags: RestoreFlags, isNew: boolean): void {
  const onlyNew: readonly (readonly [string, boolean])[] = [
    ["import-previous", flags.importPrevious !== undefined], ["ignore-rootfs", flags.ignoreRootfs], ["ignore-volumes", flags.ignoreVolumes], ["name", flags.name !== undefined], ["pod", flags.pod !== undefined],
  ];
  const wrong = isNew ? undefined : onlyNew.find(([, given]) => given);
  if (wrong !== undefined) throw usage(`--${wrong[0]} can only be used with image or --import`);
  if (flags.name !== undefined && flags.tcpEstablished) throw usage("--tcp-established cannot be used with --name");
  if (!isNew && (flags.publish ?? []).length > 0) throw usage("--publish can only be used with image or --import");
  if (flags.import !== undefined && (flags.all || flags.latest)) throw usage("cannot use --import with --all or --latest");
  if (flags.import !== undefined && args.length > 0) throw usage("cannot use --import with positional arguments");
  if (args.length > 1 && flags.name !== undefined) throw usage("--name can only be used with one checkpoint image");
}

async function stepsOf(context: CommandContext, engine: Engine, args: readonly string[], flags: RestoreFlags): Promise<readonly Step<RestoreReport>[]> {
  const input = {
    keep: flags.keep, tcpEstablished: flags.tcpEstablished, tcpClose: flags.tcpClose, fileLocks: flags.fileLocks, ignoreRootfs: flags.ignoreRootfs, ignoreVolumes: flags.ignoreVolumes,
    ignoreStaticIp: flags.ignoreStaticIp, ignoreStaticMac: flags.ignoreStaticMac, printStats: flags.printStats,
    ...(flags.name === undefined ? {} : { name: flags.name }), ...(flags.publish === undefined ? {} : { publish: flags.publish }), ...(flags.pod === undefined ? {} : { pod: flags.pod }),
  };
  const one = (ref: string, more: object = {}) => async (): Promise<RestoreReport> => engine.container.restore({ ...input, ...more, ref });
  if (flags.import !== undefined) return [{ target: "", work: await importStep(context, engine, input, flags, flags.import, one) }];
  if (flags.latest) return [{ target: "", work: one(await (await import("../latest.ts")).latestContainer(engine)) }];
  if (!flags.all) return args.map((ref) => ({ target: ref, work: one(ref) }));
  const ended = (await engine.container.list({ all: true })).filter(({ State }) => State === "exited");
  const checkpointed = await Promise.all(ended.map(async ({ Id }) => ((await engine.container.inspect({ ref: Id })).State.Checkpointed === true ? [Id] : [])));
  return checkpointed.flat().map((ref) => ({ target: "", work: one(ref) }));
}

async function importStep(context: CommandContext, engine: Engine, input: object, flags: RestoreFlags, path: string, one: (ref: string, more: object) => () => Promise<RestoreReport>): Promise<() => Promise<RestoreReport>> {
  if (!context.isRemote) return one("import", { importPath: resolve(path), ...(flags.importPrevious === undefined ? {} : { importPreviousPath: resolve(flags.importPrevious) }), ...(context.global.runtime === undefined ? {} : { runtime: context.global.runtime }) });
  if (flags.importPrevious !== undefined) throw new EngineError("not-implemented", "the option --import-previous is not available over a remote connection");
  const body = Bun.file(resolve(path)).stream() as unknown as AsyncIterable<Uint8Array>;
  return async () => engine.container.restoreArchive({ ...input, ref: "import" }, { body, signal: context.signal });
}
