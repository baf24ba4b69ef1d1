/** What cobra checks between parsing and running: number of positionals, flags that exclude each other. */
import type { ArgRule, Command } from "./types.ts";
import type { ParsedFlags } from "./parse.ts";
import { usageError } from "./usage-error.ts";

/** @throws invalid-argument/usage with cobra's or Podman's sentence */
export function checkArguments(rule: ArgRule, args: readonly string[], values: Readonly<Record<string, unknown>>, commandPath: string): void {
  const own = rule.check?.(args, values, commandPath);
  if (own !== undefined) throw usageError(own);
  const count = args.length;
  const max = rule.max ?? Infinity;
  if (count >= rule.min && count <= max) return;
  if (max === 0) throw usageError(`\`${commandPath}\` takes no arguments`);
  if (rule.min === max) throw usageError(`accepts ${max} arg(s), received ${count}`);
  if (max === Infinity) throw usageError(`requires at least ${rule.min} arg(s), only received ${count}`);
  if (rule.min === 0) throw usageError(`accepts at most ${max} arg(s), received ${count}`);
  throw usageError(`accepts between ${rule.min} and ${max} arg(s), received ${count}`);
}

/** @throws invalid-argument/usage naming the group and what was typed of it */
export function checkExclusive(command: Command, parsed: ParsedFlags): void {
  for (const group of command.exclusive ?? []) {
    const typed = group.filter((name) => parsed.changed.has(name)).toSorted();
    if (typed.length > 1) {
      throw usageError(`if any flags in the group [${group.join(" ")}] are set none of the others can be; [${typed.join(" ")}] were all set`);
    }
  }
}
