/** The world as a command sees it. */
import type { Engine } from "../contract/index.ts";
import type { CommandContext, GlobalOptions, Writer } from "./kit/types.ts";
import { descriptorWriter, fileWriter } from "./writer.ts";

export interface Invocation {
  readonly program: string;
  readonly argv: readonly string[];
  readonly global: GlobalOptions;
  readonly changed: ReadonlySet<string>;
  readonly env: CommandContext["env"];
}

export const standardError = (): Writer => descriptorWriter(2, () => process.stderr.columns);
export const standardOutput = (): Writer => descriptorWriter(1, () => process.stdout.columns);

/** Makes the context; nothing is opened before a command asks for it. @throws node's error when --out cannot be opened */
export function createContext(invocation: Invocation): CommandContext {
  const { global, program, argv, changed, env } = invocation;
  const redirect = global.noout ? "/dev/null" : global.out;
  let engine: Promise<Engine> | undefined;
  let abort: AbortController | undefined;
  return {
    engine: () => (engine ??= openEngine(global, env)),
    isRemote: global.remote, argv, program, global,
    out: redirect === undefined ? standardOutput() : fileWriter(redirect),
    err: standardError(),
    get stdin() { return process.stdin; },
    env,
    get signal() { return (abort ??= abortOnSignals()).signal; },
    changed: (name) => changed.has(name),
  };
}

async function openEngine(global: GlobalOptions, env: CommandContext["env"]): Promise<Engine> {
  return (await import("../engine/open.ts")).openEngine(global, env);
}

/** The first SIGINT or SIGTERM asks the command to stop; a second one ends the process as it would without us. */
function abortOnSignals(): AbortController {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => { controller.abort(new DOMException(`interrupted by ${name}`, "AbortError")); });
  }
  return controller;
}
