/** `--help` in Podman's layout. Loaded only when help is asked for. */
import { goQuote } from "../../formats/go/quote.ts";
import { listedChildren } from "./tree.ts";
import type { CommandNode } from "./tree.ts";
import type { Command, Flag, Flags } from "./types.ts";

/** Help of the program itself. */
export function rootHelp(tree: CommandNode, flags: Flags, program: string): string {
  return `Manage pods, containers and images\n\n${rootUsage(tree, flags, program)}`;
}

/** The part below the first line, which an unknown help topic shows too. */
export function rootUsage(tree: CommandNode, flags: Flags, program: string): string {
  return `Usage:\n  ${program} [options] [command]\n\n${commandList(tree)}\n${optionList(flags)}`;
}

/** Help of a noun that groups commands. */
export function groupHelp(node: CommandNode, program: string): string {
  return `${node.summary}\n\nDescription:\n${indent(node.description ?? node.summary)}\n\nUsage:\n  ${program} ${node.path} [command]\n\n`
    + `${aliasList(node)}${commandList(node)}\n`;
}

/** Help of a command under the path that was typed. `remote` leaves out flags that only work locally. */
export function commandHelp(node: CommandNode, command: Command, program: string, remote: boolean): string {
  const shown = visibleFlags(command.flags, remote);
  return `${command.summary}\n\nDescription:\n${indent(command.description ?? command.summary)}\n\n`
    + `Usage:\n  ${program} ${node.path}${command.usage === "" ? "" : ` ${command.usage}`}\n\n`
    + `${aliasList(node)}${exampleList(node, command, program)}${optionList(shown)}${Object.keys(shown).length === 0 ? "" : "\n"}`;
}

/** Flags that help lists; --help itself only where -h means something else. */
export function visibleFlags(flags: Flags, remote: boolean): Flags {
  const side = remote ? "remote" : "local";
  const shown = Object.entries(flags).filter(([, flag]) => flag.hidden !== true && flag.deprecated === undefined && (flag.where ?? side) === side);
  const help: Flag = { kind: "bool", name: "help", doc: "" };
  return Object.fromEntries(shown.some(([, flag]) => flag.short === "h") ? [...shown, ["help", help]] : shown);
}

const indent = (text: string): string => text.split("\n").map((line) => (line === "" ? "" : `  ${line}`)).join("\n");

function aliasList(node: CommandNode): string {
  return node.aliases.length === 0 ? "" : `Aliases:\n  ${[node.name, ...node.aliases].join(", ")}\n\n`;
}

function exampleList(node: CommandNode, command: Command, program: string): string {
  if (command.examples === undefined || command.examples.length === 0) return "";
  const own = `podman ${command.paths[0]}`;
  const lines = command.examples.map((line) => (line === own || line.startsWith(`${own} `) ? `${program} ${node.path}${line.slice(own.length)}` : line));
  return `Examples:\n${lines.map((line) => `  ${line}\n`).join("")}\n`;
}

function commandList(node: CommandNode): string {
  const children = listedChildren(node);
  const width = Math.max(11, ...children.map((child) => child.name.length));
  return `Available Commands:\n${children.map((child) => `  ${child.name.padEnd(width)} ${child.summary}\n`).join("")}`;
}

/** pflag's flag list: sorted, descriptions in one column, further lines of a description below it. */
export function optionList(flags: Flags): string {
  const rows = Object.values(flags).filter((flag) => flag.hidden !== true).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => [leftOf(flag), describe(flag)] as const);
  if (rows.length === 0) return "";
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  const lines = rows.map(([left, doc]) => `${left.padEnd(width)}${doc.replaceAll("\n", `\n${" ".repeat(width)}`)}`);
  return `Options:\n${lines.join("\n").trimEnd()}\n`;
}

function leftOf(flag: Flag): string {
  const type = flag.placeholder ?? typeName(flag);
  const bare = flag.bare === undefined || (flag.kind === "bool" && flag.bare === "true") ? "" : bareSuffix(flag);
  return `${flag.short === undefined ? "      " : `  -${flag.short}, `}--${flag.name}${type === "" ? "" : ` ${type}`}${bare}`;
}

const bareSuffix = (flag: Flag): string => (flag.kind === "string" ? `[=${goQuote(flag.bare ?? "")}]` : `[=${flag.bare}]`);

function typeName(flag: Flag): string {
  if (flag.choices !== undefined) return "choice";
  const names = { bool: "", string: "string", int: "int", uint: "uint", float: "float", strings: "stringArray", csv: "strings", duration: "duration", map: "stringToString" };
  return names[flag.kind];
}

/** Help text of a flag with its default as pflag writes it; a zero value is not shown. */
function describe(flag: Flag): string {
  const doc = docOf(flag);
  const shown = flag.defaultText ?? defaultText(flag);
  return shown === undefined ? doc : `${doc} (default ${shown})`;
}

export const docOf = (flag: Flag): string => flag.doc ?? flag.field?.doc ?? "";

function defaultText(flag: Flag): string | undefined {
  const value = flag.default;
  if (value === undefined || value === false || value === 0 || value === "") return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : `[${value.join(",")}]`;
  if (typeof value === "object") return Object.keys(value).length === 0 ? undefined : `[${Object.entries(value).map((pair) => pair.join("=")).join(",")}]`;
  return flag.kind === "string" && flag.choices === undefined ? goQuote(String(value)) : String(value);
}
