import type { CommandContext } from "./kit/types.ts";

/** argv that starts this program with the global flags as they were typed: what stands before the command's two words. */
export function selfCommand({ argv }: Pick<CommandContext, "argv">, noun: string, verb: string): readonly string[] {
  const [, main = ""] = process.argv;
  const command = argv.findIndex((word, at) => word === noun && argv[at + 1] === verb);
  return [process.execPath, ...(main.startsWith("/$bunfs/") ? [] : [main]), ...argv.slice(1, Math.max(1, command))];
}
