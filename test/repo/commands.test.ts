/** The command table: no command or flag is declared twice or half. */
import { expect, test } from "bun:test";
import { commandEntries } from "../../src/cli/commands/index.ts";
import { docOf } from "../../src/cli/kit/help.ts";
import type { Command } from "../../src/cli/kit/types.ts";

test("no path belongs to two commands", () => {
  const paths = commandEntries.flatMap(({ paths: own, aliases = [] }) => [...own, ...aliases]);
  expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
});

test("flags are unique within a command and documented", async () => {
  const problems: string[] = [];
  for (const entry of commandEntries) {
    const command = await entry.load() as Command;
    const flags = Object.values(command.flags);
    const names = flags.flatMap(({ name, short, aliases = [] }) => [name, ...aliases, ...(short === undefined ? [] : [`-${short}`])]);
    problems.push(...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${command.paths[0]}: ${name} twice`));
    problems.push(...flags.filter((flag) => flag.hidden !== true && docOf(flag) === "").map(({ name }) => `${command.paths[0]}: --${name} without a sentence`));
  }
  expect(problems).toEqual([]);
});

test("usage lines keep the rules that scripts read them by", () => {
  return Promise.all(commandEntries.map(async (entry) => {
    const { usage, flags, paths } = await entry.load() as Command;
    const visible = Object.values(flags).some((flag) => flag.hidden !== true && flag.deprecated === undefined);
    if (paths[0]?.startsWith("__") === true || paths[0] === "help" || paths[0] === "completion") return;
    expect(`${paths[0]}: ${usage.includes("[options]")}`).toBe(`${paths[0]}: ${visible}`);
    expect(`${paths[0]}: ${usage.replace("[options]", "").replace(/[^a-z]/g, "")}`).toBe(`${paths[0]}: `);
  }));
});
