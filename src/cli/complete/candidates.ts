/** Candidates of a kind: names of objects from the engine, fixed words, or what the shell knows itself. */
import type { Completion, Filters } from "../../contract/kit.ts";
import type { CommandContext } from "../kit/types.ts";
import { directives } from "./protocol.ts";
import type { Candidate, CompletionResult } from "./protocol.ts";

/** An engine that cannot be opened has nothing to offer; completion stays silent then. */
export async function candidatesFor(context: CommandContext, kind: Completion, typed: string, before: readonly string[]): Promise<CompletionResult> {
  if (kind === "file") return { candidates: [], directive: directives.default };
  if (kind === "directory") return { candidates: [], directive: directives.filterDirectories };
  if (kind === "none") return { candidates: [], directive: directives.noFiles };
  try {
    const all = typeof kind === "string" ? await fromEngine(context, kind, typed) : kind.map((value) => ({ value }));
    return { candidates: all.filter(({ value }) => value.startsWith(typed) && !before.includes(value)), directive: directives.noFiles };
  } catch {
    return { candidates: [], directive: directives.noFiles };
  }
}

/** Any noun's list: completion must not break while a noun has none yet. */
type Lists = Readonly<Record<string, { readonly list?: (input: { readonly all?: boolean; readonly filters?: Filters }) => Promise<readonly Readonly<Record<string, unknown>>[]> }>>;

/** What the machine itself knows. */
async function fromMachine(context: CommandContext, kind: string): Promise<readonly string[] | undefined> {
  if (kind === "interface") return Object.keys((await import("node:os")).networkInterfaces());
  if (kind === "sysctl") return sysctls();
  if (kind !== "registry") return undefined;
  const [{ loadRegistries }, { readHostFacts }] = await Promise.all([import("../../config/registries.ts"), import("../../config/rootless.ts")]);
  return loadRegistries(context.env, readHostFacts(context.env)).searchRegistries;
}

/** Names of kernel parameters with dots, as `--sysctl` takes them. */
async function sysctls(): Promise<readonly string[]> {
  const { readdirSync } = await import("node:fs");
  return readdirSync("/proc/sys", { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice("/proc/sys/".length).replaceAll("/", "."));
}

async function fromEngine(context: CommandContext, noun: string, typed: string): Promise<readonly Candidate[]> {
  const known = await fromMachine(context, noun);
  if (known !== undefined) return known.map((value) => ({ value }));
  const engine: Lists = await context.engine() as unknown as Lists;
  const rows = await engine[noun]?.list?.({ all: true }) ?? [];
  if (noun === "image") return rows.flatMap((row) => imageNames(row, typed));
  return rows.flatMap((row) => [...(typed.length > 1 ? [shortIdOf(row)] : []), ...namesOf(row)].map((value) => ({ value, doc: docOfRow(noun, row) })))
    .filter(({ value }) => value !== "").map(({ value, doc }) => (doc === "" ? { value } : { value, doc }));
}

const shortIdOf = (row: Readonly<Record<string, unknown>>): string => textOf(row.Id ?? row.ID ?? row.id).slice(0, 12);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function namesOf(row: Readonly<Record<string, unknown>>): readonly string[] {
  const names = row.Names ?? row.Name ?? row.name;
  return Array.isArray(names) ? names.map(textOf) : [textOf(names)];
}

const docOfRow = (noun: string, row: Readonly<Record<string, unknown>>): string => (noun === "container" ? textOf(row.Image) : "");

/** Full names always; without registry and as bare repository once something is typed, ids from two characters on. */
function imageNames(row: Readonly<Record<string, unknown>>, typed: string): readonly Candidate[] {
  const tags = [row.RepoTags, row.Names].find((list) => Array.isArray(list) && list.length > 0);
  const full = Array.isArray(tags) ? tags.map(textOf) : [];
  const short = typed === "" ? [] : full.flatMap((name) => [name.slice(name.lastIndexOf("/") + 1), name.split("/").slice(1).join("/")]);
  const ids = typed.length > 1 ? [shortIdOf(row).replace(/^sha256:/, "")] : [];
  return [...new Set([...ids, ...full, ...short])].filter((value) => value !== "").map((value) => ({ value }));
}
