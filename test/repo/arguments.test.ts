/** What Podman's own help test asks of every command: wrong arguments are refused in words that scripts look for. */
import { expect, test } from "bun:test";
import { messageOf } from "../../src/base/errors.ts";
import { commandEntries } from "../../src/cli/commands/index.ts";
import { checkArguments } from "../../src/cli/kit/check.ts";
import type { Command } from "../../src/cli/kit/types.ts";

const commands = await Promise.all(commandEntries.filter((entry) => entry.hidden !== true).map(async (entry) => await entry.load() as Command));
const plain = commands.filter(({ usage }) => !usage.includes("[command]"));
const positionals = (command: Command): string => command.usage.replace(/^\[options\] ?/, "");

/** What the command says to these arguments; `accepted` when nothing. */
function said(command: Command, args: readonly string[], given: Readonly<Record<string, unknown>> = {}): string {
  const defaults = Object.fromEntries(Object.entries(command.flags).map(([key, flag]) => [key, flag.default]));
  try { checkArguments(command.args, args, { ...defaults, ...given }, `podman ${command.paths[0]}`); return "accepted"; } catch (error) { return messageOf(error); }
}
function expectWords(command: Command, sentence: string, pattern: RegExp): void {
  expect(`${command.paths[0]}: ${pattern.test(sentence) ? pattern.source : sentence}`).toBe(`${command.paths[0]}: ${pattern.source}`);
}

test("no arguments means none", () => {
  for (const command of plain.filter((each) => !/[A-Z]/.test(each.usage))) expectWords(command, said(command, ["x"]), /takes no arguments/);
});

test("required arguments are asked for", () => {
  for (const command of plain.filter((each) => /^[A-Z]/.test(positionals(each)))) expectWords(command, said(command, []), /require|specif|must|provide|need|choose|accepts/);
});

test("one argument too many is refused", () => {
  for (const command of plain.filter((each) => !each.usage.includes("..."))) {
    const count = positionals(command).split(" ").filter((word) => word !== "").length;
    const args = Array.from({ length: count + 1 }, (_, at) => `x${at}`);
    expectWords(command, said(command, args), /takes no arguments|requires exactly|accepts at most|too many arguments|accepts \d+ arg\(s\), received|accepts between .* and .* arg\(s\), received/);
  }
});

test("--latest excludes names and --all", () => {
  const exempt = new Set(["exec", "list", "port", "ps", "top"]);
  const withLatest = plain.filter(({ flags, paths }) => Object.values(flags).some(({ name, short }) => name === "latest" && short === "l") && !exempt.has(paths[0]?.split(" ").at(-1) ?? ""));
  for (const command of withLatest) {
    expectWords(command, said(command, ["x"], { latest: true }), /--latest and (containers|pods|arguments) cannot be used together/);
    if ("all" in command.flags) expectWords(command, said(command, [], { latest: true, all: true }), /--all(, --latest and (containers|arguments)| and --latest) cannot be used together/);
  }
});
