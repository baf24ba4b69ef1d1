import { describe, expect, test } from "bun:test";
import { commandHelp, groupHelp, rootHelp } from "./help.ts";
import { buildTree, childOf, suggestionsFor } from "./tree.ts";
import { defineCommand } from "./types.ts";
import type { Command, CommandEntry } from "./types.ts";

const list = defineCommand({
  paths: ["ps", "container list"], aliases: ["container ls"], summary: "List things", description: "Lists.\n\nMore.", usage: "[options]", args: { min: 0, max: 0 },
  flags: {
    all: { kind: "bool", name: "all", short: "a", doc: "Show all" },
    format: { kind: "string", name: "format", doc: "Template", default: "table" },
    filters: { kind: "strings", name: "filter", short: "f", doc: "Narrow" },
    last: { kind: "int", name: "last", short: "n", doc: "How many", default: -1 },
    latest: { kind: "bool", name: "latest", doc: "Newest\nNot remote", where: "local" },
    sort: { kind: "string", name: "sort", doc: "Order", choices: ["id"], default: "id" },
    secret: { kind: "bool", name: "secret", hidden: true },
  },
  examples: ["podman ps -a"],
  run: async () => {},
});
const entry = (command: Omit<Command, "run">): CommandEntry => ({ ...command, load: async () => command });
const other = (paths: readonly string[]): CommandEntry => ({ paths, summary: paths[0] ?? "", load: async () => undefined });
const entries = [entry(list), ...[["run", "container run"], ["rm", "container rm"], ["rmi", "image rm"], ["pod top"]].map(other), { ...other(["__complete"]), hidden: true }];
const tree = buildTree(entries, { container: { summary: "Manage containers" } }, false);

const node = (...words: string[]) => words.reduce((at, word) => childOf(at, word) ?? at, tree);

describe("help", () => {
  test("of a command under each of its paths", () => {
    expect(commandHelp(node("ps"), list as unknown as Command, "podman", false)).toBe(`List things

Description:
  Lists.

  More.

Usage:
  podman ps [options]

Examples:
  podman ps -a

Options:
  -a, --all                  Show all
  -f, --filter stringArray   Narrow
      --format string        Template (default "table")
  -n, --last int             How many (default -1)
      --latest               Newest
                             Not remote
      --sort choice          Order (default id)

`);
    const aliased = commandHelp(node("container", "ls"), list as unknown as Command, "docker", true);
    expect(aliased).toContain("Usage:\n  docker container list [options]\n\nAliases:\n  list, ls\n\nExamples:\n  docker container list -a\n");
    expect(aliased).not.toContain("--latest");
  });
  test("--help is listed where -h means something else", () => {
    const command = { ...list, flags: { hostname: { kind: "string", name: "hostname", short: "h", doc: "Name" } } } as unknown as Command;
    expect(commandHelp(node("ps"), command, "podman", false)).toContain("Options:\n      --help              \n  -h, --hostname string   Name\n");
  });
  test("of a group and of the program", () => {
    expect(groupHelp(node("container"), "podman")).toBe("Manage containers\n\nDescription:\n  Manage containers\n\nUsage:\n  podman container [command]\n\nAvailable Commands:\n  list        List things\n  rm          rm\n  run         run\n\n");
    const root = rootHelp(tree, {}, "podman");
    expect(root).toStartWith("Manage pods, containers and images\n\nUsage:\n  podman [options] [command]\n\nAvailable Commands:\n  container   Manage containers\n");
    expect(root).not.toContain("__complete");
  });
});

describe("suggestions", () => {
  test("are near or begin alike, containers' verbs first", () => { expect(suggestionsFor(tree, "rum")).toEqual(["rm", "run", "rmi"]); });
  test("of a group only begin alike", () => {
    expect(suggestionsFor(node("container"), "lis")).toEqual(["list"]);
    expect(suggestionsFor(node("container"), "rx")).toEqual([]);
    expect(suggestionsFor(node("container"), "foo")).toEqual([]);
  });
});
