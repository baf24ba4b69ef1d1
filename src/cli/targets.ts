/**
 * Verbs on several objects: the plural is written once, here. Each target's result is printed as it comes; each failure is
 * reported, and the first one decides the exit status, as podman's commands do.
 */
import { isEngineError, messageOf, EngineError } from "../base/errors.ts";
import type { Engine } from "../contract/index.ts";
import type { Filters } from "../contract/kit.ts";
import { readFlagFile, usage } from "./flag-values.ts";
import type { CommandContext } from "./kit/types.ts";
import { latestContainer } from "./latest.ts";

export interface TargetFlags {
  readonly all?: boolean;
  readonly latest?: boolean;
  readonly cidfile?: readonly string[] | undefined;
  readonly filter?: readonly string[] | undefined;
  readonly ignore?: boolean;
}

/** podman's rule for commands that take names, --all, --latest, --cidfile or --filter: exactly one of these ways. For `ArgRule.check`. */
export function checkTargets(args: readonly string[], flags: Readonly<Record<string, unknown>>): string | undefined {
  const { all, latest } = flags;
  const hasFiles = Array.isArray(flags["cidfile"]) && flags["cidfile"].length > 0;
  if (Array.isArray(flags["filter"]) && flags["filter"].length > 0) return args.length > 0 ? "--filter takes no arguments" : undefined;
  if (hasFiles && (all === true || latest === true)) return "--all, --latest, and --cidfile cannot be used together";
  if (all === true && latest === true) return "--all and --latest cannot be used together";
  if (args.length > 0 && all === true) return "no arguments are needed with --all";
  if (args.length > 0 && latest === true) return "--latest and containers cannot be used together";
  if (args.length > 0 && hasFiles) return "no arguments are needed with --latest or --cidfile";
  if (args.length === 0 && all !== true && latest !== true && !hasFiles) return "you must provide at least one name or id";
  return undefined;
}

/** Names or ids of the containers that the command is about. `states` narrows --all. */
export async function containerTargets(context: CommandContext, args: readonly string[], flags: TargetFlags, states?: readonly string[]): Promise<readonly string[]> {
  const engine = await context.engine();
  if (flags.latest === true) return [await latestContainer(engine)];
  if (flags.all === true || (flags.filter?.length ?? 0) > 0) return listed(engine, args, parseFilters(flags.filter ?? []), flags.all === true ? states : undefined);
  // `docker inspect` prints names with a slash, and scripts hand them on.
  return [...args.map((arg) => arg.replace(/^\//, "")), ...(flags.cidfile ?? []).flatMap((path) => idOfFile(path, flags.ignore === true))];
}

/** With names beside the filters, those of the names that match. */
async function listed(engine: Engine, args: readonly string[], filters: Filters, states: readonly string[] | undefined): Promise<readonly string[]> {
  const containers = await engine.container.list({ all: true, ...(Object.keys(filters).length > 0 && { filters }) });
  if (args.length > 0) return args.filter((arg) => containers.some(({ Id, Names }) => Id.startsWith(arg) || Names.includes(arg)));
  return containers.filter(({ State }) => states === undefined || states.includes(State)).map(({ Id }) => Id);
}

function idOfFile(path: string, isIgnored: boolean): string[] {
  try { return [readFlagFile(path).split("\n")[0]?.trim() ?? ""]; } catch (error) {
    if (isIgnored && isEngineError(error, "not-found")) return [];
    throw new EngineError("not-found", `reading CIDFile: ${messageOf(error)}`, { cause: error });
  }
}

/** `name=value` of --filter, repeated. */
export function parseFilters(values: readonly string[]): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const value of values) {
    const equals = value.indexOf("=");
    if (equals < 1) throw usage(`invalid argument "${value}" for filter: filter input must be in the form of filter=value: ${value} is invalid`);
    (out[value.slice(0, equals)] ??= []).push(value.slice(equals + 1));
  }
  return out;
}

export interface EachOptions {
  /** A target that was named twice is told twice (and worked on once). */
  readonly repeats?: boolean;
  /** Targets that are missing or already as wanted are no failure. */
  readonly tolerate?: (error: unknown) => boolean;
  /** At the same time at most; 1 keeps the order of effects. */
  readonly parallel?: number;
}

/**
 * Runs `work` on each target and prints what it returns. Returns 0, or 125 after the failures were reported (1 when every failure says that the
 * object does not exist and `missingStatus` asks for it).
 * @throws the only failure, when there is one target
 */
export async function forEachTarget(context: CommandContext, targets: readonly string[], work: (target: string) => Promise<string | void>, options: EachOptions = {}): Promise<number> {
  const failures: unknown[] = [];
  const queue = [...targets];
  const results = new Map<string, Promise<string | void>>();
  const startNext = (): void => {
    const target = queue.shift();
    if (target === undefined || results.has(target)) return;
    const result = work(target).finally(startNext);
    result.catch(() => undefined);
    results.set(target, result);
  };
  for (let lane = 0; lane < (options.parallel ?? 1); lane++) startNext();
  for (const target of options.repeats === true ? targets : new Set(targets)) {
    if (!results.has(target)) startNext();
    try {
      const line = await results.get(target);
      if (line !== undefined) await context.out.write(`${line}\n`);
    } catch (error) { if (options.tolerate?.(error) !== true) failures.push(error); }
  }
  return reportFailures(context, failures);
}

/** All but the last are printed here; the last is thrown, so that it is printed and turned into the exit status like any error. */
async function reportFailures(context: CommandContext, failures: readonly unknown[]): Promise<number> {
  const last = failures.at(-1);
  if (last === undefined) return 0;
  for (const failure of failures.slice(0, -1)) await context.err.write(`Error: ${messageOf(failure)}\n`);
  throw last;
}

/** Swallows "it is so already". For `.catch`. */
export function isUnchanged(error: unknown): void {
  if (!isEngineError(error, "not-modified")) throw error;
}
export const isMissing = (error: unknown): boolean => isEngineError(error, "no-such-container");
