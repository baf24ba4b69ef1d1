/**
 * The declare-once kit, command half. A command is data plus a lazily loaded `run`: parsing, --help, completion, man pages and
 * docs/STATUS.md are derived from it. Behaviour is Podman's (cobra/pflag) to the letter.
 *
 * To add a command:
 * 1. Write `cli/commands/<noun>/<verb>.ts` exporting one or more `defineCommand({...})` constants (copy `container/rename.ts`).
 * 2. List every path (`["rename", "container rename"]`) and every cobra alias as a full path (`aliases: ["container mv"]`).
 * 3. Keep imports at the file's top level to contract/, base/ and cli/kit/; import anything heavy inside `run`.
 * 4. `bun run tools/gen-commands.ts` writes the index that `--help` and start-up read; commit it (a repo test checks it).
 * 5. Several names, --all, --ignore: `cli/targets.ts`; tables and --format: `cli/render.ts`; bad usage: `usageError(...)`.
 * Every flag declared must work: what is not built yet is not declared, and shows as missing in docs/STATUS.md.
 */
import type { Completion, Field } from "../../contract/kit.ts";
import type { Engine } from "../../contract/index.ts";
import type { EngineConfig } from "../../config/types.ts";

/** How a flag's text becomes a value. `count` is unused by podman. `optional` strings may stand alone (`--flag` = `bare`). */
export type FlagKind = "bool" | "string" | "int" | "uint" | "float" | "strings" | "csv" | "duration" | "map";
/** `strings`: one value per use (pflag stringArray); `csv`: each use split as CSV (pflag stringSlice). */

export interface FlagBase {
  /** Long name without dashes. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly short?: string;
  /** Operation field this flag fills; its doc is the help text unless `doc` is given. */
  readonly field?: Field<unknown>;
  readonly doc?: string;
  /** Word shown after the flag in help; pflag's type name when absent. */
  readonly placeholder?: string;
  readonly hidden?: boolean;
  readonly deprecated?: string;
  readonly completion?: Completion;
  /** Value when the flag stands without `=value` (pflag NoOptDefVal). */
  readonly bare?: string;
  readonly where?: "local" | "remote";
  /** Allowed values, refused while parsing; the flag's type is shown as `choice`. */
  readonly choices?: readonly string[];
  /** The default that containers.conf sets, for help; undefined: as declared. */
  readonly configured?: (config: EngineConfig) => string | number | undefined;
  /** Shown as `(default …)` in place of `default`, verbatim: for defaults that come from configuration. */
  readonly defaultText?: string;
}
export interface Flag<K extends FlagKind = FlagKind> extends FlagBase {
  readonly kind: K;
  /** Default, shown in help as pflag shows it. */
  readonly default?: FlagValue<K>;
}
export type FlagValue<K extends FlagKind> =
  K extends "bool" ? boolean : K extends "string" | "duration" ? string : K extends "int" | "uint" | "float" ? number
  : K extends "map" ? Readonly<Record<string, string>> : readonly string[];

export type Flags = Readonly<Record<string, Flag>>;
/** Parsed values: a flag without default that was not given is undefined. */
export type ValuesOf<F extends Flags> = { readonly [N in keyof F]: F[N] extends { readonly kind: infer K extends FlagKind; readonly default: unknown } ? FlagValue<K> : F[N] extends { readonly kind: infer K extends FlagKind } ? FlagValue<K> | undefined : never };

/** How many positionals, and cobra's message when wrong. `check` may give Podman's own sentence; it is asked first. */
export interface ArgRule { readonly min: number; readonly max?: number; readonly check?: (args: readonly string[], flags: Readonly<Record<string, unknown>>, commandPath: string) => string | undefined; readonly completion?: Completion }

export interface Command<F extends Flags = Flags> {
  /** `["rename", "container rename"]`; the first is canonical in documents. Each is listed in its parent's help. */
  readonly paths: readonly string[];
  /** Further full paths (`container ls`), not listed but named under "Aliases:" of the first path with the same parent. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly description?: string;
  /** After the path in the usage line: `[options] CONTAINER NAME`. */
  readonly usage: string;
  readonly args: ArgRule;
  readonly flags: F;
  /** Begin with `podman <first path>`; shown with the path and program that the user typed. */
  readonly examples?: readonly string[];
  /** Groups of flag names of which at most one may be typed (cobra's mutually exclusive groups). */
  readonly exclusive?: readonly (readonly string[])[];
  /** Everything after the command is a positional, flags too (`compose`). */
  readonly rawArguments?: boolean;
  /** For docs/STATUS.md: what is not complete yet, one clause. */
  readonly partly?: string;
  /** false: the first positional ends flag parsing (run, create, exec). */
  readonly interspersed?: boolean;
  readonly hidden?: boolean;
  readonly where?: "local" | "remote";
  /** Returns the exit status; undefined is 0. Loaded lazily: keep imports of this file's top level to contract/ and cli/kit/. */
  readonly run: (context: CommandContext, args: readonly string[], flags: ValuesOf<F>) => Promise<number | void>;
}

/** Declares a command; the identity function, for inference. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command<F> { return command; }

/** One line of the generated index: what help lists and the search for a command need without loading it. */
export interface CommandEntry {
  readonly paths: readonly string[];
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly hidden?: boolean;
  readonly where?: "local" | "remote";
  readonly load: () => Promise<unknown>;
}
/** A noun that only groups commands. */
export interface CommandGroup { readonly summary: string; readonly description?: string; readonly hidden?: boolean; readonly aliases?: readonly string[] }

/** Everything a command may use of the world. No command reads process.* itself. */
export interface CommandContext {
  /** Local or remote, opened at first use. */
  readonly engine: () => Promise<Engine>;
  readonly isRemote: boolean;
  /** The whole argv, the program as it was called first: what containers remember as the command that made them. */
  readonly argv: readonly string[];
  /** `podman`, or `docker` when called so. */
  readonly program: string;
  readonly global: GlobalOptions;
  readonly out: Writer;
  readonly err: Writer;
  readonly stdin: NodeJS.ReadStream & { fd: 0 };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on SIGINT and SIGTERM unless the command takes signals over (`run` with --sig-proxy). */
  readonly signal: AbortSignal;
  /** Flags the user really typed (pflag's Changed). */
  readonly changed: (flagName: string) => boolean;
}
export interface Writer { readonly isTerminal: boolean; readonly columns: number; write(text: string | Uint8Array): Promise<void> }

/** Podman's global flags after parsing. */
export interface GlobalOptions {
  readonly root?: string;
  readonly runroot?: string;
  readonly tmpdir?: string;
  readonly imagestore?: string;
  readonly storageDriver?: string;
  readonly storageOpts: readonly string[];
  readonly pullOptions: readonly string[];
  readonly cgroupManager?: string;
  readonly conmon?: string;
  readonly runtime?: string;
  readonly runtimeFlags: readonly string[];
  readonly networkCmdPath?: string;
  readonly networkConfigDir?: string;
  readonly volumePath?: string;
  readonly hooksDirs: readonly string[];
  readonly eventsBackend?: string;
  readonly cdiSpecDirs: readonly string[];
  readonly modules: readonly string[];
  readonly logLevel: string;
  readonly remote: boolean;
  readonly url?: string;
  readonly connection?: string;
  readonly identity?: string;
  readonly noout: boolean;
  readonly out?: string;
  readonly transientStore: boolean;
  readonly syslog: boolean;
  readonly defaultMountsFile?: string;
  readonly ssh?: string;
}
