/** OCI hooks from hook directories: the 1.0.0 schema of oci-hooks(5). */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno, messageOf } from "../../base/errors.ts";
import { readStart } from "../errors.ts";
import type { Spec, SpecHook } from "./types.ts";

const maxHookBytes = 1024 * 1024;
const stages = ["createContainer", "createRuntime", "prestart", "poststart", "poststop", "startContainer", "precreate"] as const;

interface HookFile { readonly name: string; readonly hook: SpecHook; readonly when: When; readonly stages: readonly string[] }
interface When { readonly always?: boolean; readonly annotations?: Readonly<Record<string, string>>; readonly commands?: readonly string[]; readonly hasBindMounts?: boolean }

export interface MatchedHooks {
  readonly hooks: Record<string, SpecHook[]>;
  /** Run by the engine on the specification itself, before the runtime sees it. */
  readonly precreate: readonly SpecHook[];
}

/**
 * Hooks that match. A file of a later directory replaces one of the same name; order is by name. Absent directories are empty.
 * @throws EngineError invalid-argument naming the file
 */
export function matchHooks(directories: readonly string[], spec: Spec, hasBindMounts: boolean): MatchedHooks {
  const files = new Map<string, HookFile>();
  for (const directory of directories) for (const file of readDirectory(directory)) files.set(file.name, file);
  const sorted = [...files.values()].toSorted((a, b) => a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1);
  const result: { hooks: Record<string, SpecHook[]>; precreate: SpecHook[] } = { hooks: {}, precreate: [] };
  for (const file of sorted.filter(({ when }) => matches(when, spec, hasBindMounts))) {
    for (const stage of file.stages) {
      if (stage === "precreate") result.precreate.push(file.hook);
      else (result.hooks[stage === "prestart" ? "createRuntime" : stage] ??= []).push(file.hook);
    }
  }
  return result;
}

function readDirectory(directory: string): HookFile[] {
  let names: string[];
  try { names = readdirSync(directory); } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
  return names.filter((name) => name.endsWith(".json")).flatMap((name) => {
    const path = join(directory, name);
    try { return [parseHook(name, readStart(path, maxHookBytes))]; } catch (error) {
      if (isErrno(error, "ENOENT")) return [];
      throw new EngineError("invalid-argument", `parsing hook "${path}": ${messageOf(error)}`, { cause: error });
    }
  });
}

function parseHook(name: string, text: string): HookFile {
  const value = JSON.parse(text) as { version?: unknown; hook?: { path?: unknown }; when?: When; stages?: unknown };
  if (value.version !== "1.0.0") throw new Error(`unexpected hook version "${String(value.version ?? "")}" (expecting 1.0.0)`);
  const path = value.hook?.path;
  if (typeof path !== "string" || path === "") throw new Error("missing required property: hook.path");
  if (!existsSync(path)) throw new Error(`stat ${path}: no such file or directory`);
  if (!Array.isArray(value.stages)) throw new Error("missing required property: stages");
  const unknown = value.stages.find((stage) => !stages.some((known) => known === stage));
  if (unknown !== undefined) throw new Error(`unknown stage "${String(unknown)}"`);
  return { name, hook: value.hook as SpecHook, when: value.when ?? {}, stages: value.stages as string[] };
}

/** Every condition that is stated must hold; none stated matches nothing. */
function matches(when: When, spec: Spec, hasBindMounts: boolean): boolean {
  if (when.always === false) return false;
  if (when.hasBindMounts !== undefined && !(when.hasBindMounts && hasBindMounts)) return false;
  const annotations = Object.entries(spec.annotations ?? {});
  for (const [keyPattern, valuePattern] of Object.entries(when.annotations ?? {})) {
    if (!annotations.some(([key, value]) => isMatch(keyPattern, key) && isMatch(valuePattern, value))) return false;
  }
  const commands = when.commands ?? [];
  if (commands.length > 0) return commands.some((pattern) => isMatch(pattern, spec.process.args[0] ?? ""));
  return when.always === true || when.hasBindMounts === true || Object.keys(when.annotations ?? {}).length > 0;
}

const isMatch = (pattern: string, text: string): boolean => new RegExp(pattern).test(text);

/** Lets precreate hooks change the specification: each reads it on stdin and prints the new one. @throws EngineError */
export async function runPrecreateHooks(hooks: readonly SpecHook[], spec: Spec): Promise<Spec> {
  let current = spec;
  for (const hook of hooks) {
    const child = Bun.spawn([hook.path, ...(hook.args ?? []).slice(1)], {
      stdio: [Buffer.from(JSON.stringify(current)), "pipe", "pipe"], timeout: (hook.timeout ?? 10) * 1000, maxBuffer: 16 * 1024 * 1024,
      env: Object.fromEntries((hook.env ?? []).map((line) => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1)])),
    });
    const [output, errors, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    if (status !== 0) throw new EngineError("internal", `setting up OCI Hooks: executing precreate hook "${hook.path}": exit status ${status}: ${errors.trim()}`);
    if (output.trim() !== "") current = JSON.parse(output) as Spec;
  }
  return current;
}
