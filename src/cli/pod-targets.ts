/** Verbs on several pods: which ones, and what to print. */
import { EngineError, isEngineError } from "../base/errors.ts";
import type { PodReport } from "../contract/types/pod.ts";
import type { Engine } from "../contract/index.ts";
import { readFlagFile } from "./flag-values.ts";
import type { CommandContext, Flags } from "./kit/types.ts";

export const allPodsFlag = (doc: string) => ({ all: { kind: "bool", name: "all", short: "a", default: false, doc } }) as const satisfies Flags;
export const latestPodFlag = { latest: { kind: "bool", name: "latest", short: "l", default: false, doc: "Take the newest pod", where: "local" } } as const satisfies Flags;
export const podIdFileFlag = { podIdFile: { kind: "strings", name: "pod-id-file", doc: "Read a pod's ID from this file", completion: "file" } } as const satisfies Flags;

export interface PodTargetFlags { readonly all?: boolean; readonly latest?: boolean; readonly podIdFile?: readonly string[] | undefined; readonly ignore?: boolean }

/** Exactly one of names, --all, --latest and --pod-id-file. For `ArgRule.check`. */
export function checkPodTargets(args: readonly string[], { all, latest, podIdFile }: Readonly<Record<string, unknown>>): string | undefined {
  const hasFiles = Array.isArray(podIdFile) && podIdFile.length > 0;
  if (hasFiles && (all === true || latest === true)) return "--all, --latest, and --pod-id-file cannot be used together";
  if (all === true && latest === true) return "--all and --latest cannot be used together";
  if (args.length > 0 && all === true) return "no arguments are needed with --all";
  if (args.length > 0 && latest === true) return "--latest and pods cannot be used together";
  if (args.length > 0 && hasFiles) return "no arguments are needed with --latest or --pod-id-file";
  if (args.length === 0 && all !== true && latest !== true && !hasFiles) return "you must provide at least one name or id";
  return undefined;
}

/** @throws not-found when a file or the latest pod is not there */
export async function podTargets(context: CommandContext, args: readonly string[], flags: PodTargetFlags): Promise<readonly string[]> {
  const engine = await context.engine();
  if (flags.latest === true) return [await latestPod(engine)];
  if (flags.all === true) return (await engine.pod.list({})).map(({ Id }) => Id);
  return [...args, ...(flags.podIdFile ?? []).flatMap((path) => idOfFile(path, flags.ignore === true))];
}

/** Its id. @throws not-found when there is no pod */
export async function latestPod(engine: Engine): Promise<string> {
  const [newest] = await engine.pod.list({});
  if (newest === undefined) throw new EngineError("not-found", "no pod has been created: no such pod", { reason: "no-such-pod" });
  return newest.Id;
}

function idOfFile(path: string, isIgnored: boolean): string[] {
  try { return [readFlagFile(path).split("\n")[0]?.trim() ?? ""]; } catch (error) {
    if (isIgnored && isEngineError(error, "not-found")) return [];
    throw new EngineError("not-found", `reading pod ID file: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export const isMissingPod = (error: unknown): boolean => isEngineError(error, "no-such-pod");

/** The line of a pod, or what failed in it: the first of several is thrown, the others go to stderr. */
export async function lineOf(context: CommandContext, { Errs = [] }: PodReport, line: string): Promise<string> {
  const last = Errs.at(-1);
  if (last === undefined) return line;
  for (const text of Errs.slice(0, -1)) await context.err.write(`Error: ${text}\n`);
  throw new EngineError("conflict", last);
}
