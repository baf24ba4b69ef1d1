/** `podman container runlabel`: the command that an image's label holds, run here. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, resolve } from "node:path";
import { EngineError } from "../../base/errors.ts";
import type { InspectImage } from "../../contract/types/image-reports.ts";
import { expandVariables, splitWords } from "../../formats/create/words.ts";
import type { CommandContext } from "../kit/types.ts";
import { selfCommand } from "../self-command.ts";
import { runPull, type PullValues } from "./run-pull.ts";

export interface RunlabelFlags extends PullValues {
  readonly display: boolean; readonly name: string | undefined; readonly opt1: string | undefined; readonly opt2: string | undefined; readonly opt3: string | undefined;
  readonly pull: boolean; readonly quiet: boolean; readonly replace: boolean;
}

/** @throws not-found without such a label, internal when the command fails */
export async function runLabel(context: CommandContext, [givenLabel = "", ref = "", ...extra]: readonly string[], flags: RunlabelFlags): Promise<void> {
  const label = givenLabel.replace(/^\//, "");
  const engine = await context.engine();
  await runPull(context, ref, flags, flags.pull ? "missing" : "never");
  const image = await engine.image.inspect({ ref });
  const line = Object.entries(image.Labels ?? {}).find(([key]) => key.toLowerCase() === label.toLowerCase())?.[1] ?? "";
  if (line === "") throw new EngineError("not-found", `cannot find the value of label: ${label} in image: ${ref}`);
  const [program = "", ...args] = commandOf(context, [line, ...extra].join(" "), { imageName: image.RepoTags[0] ?? image.Id, name: flags.name ?? nameOf(image, ref) }, flags);
  const isOurs = isPodman(program);
  if (flags.display) { await context.out.write(`command: ${[process.argv0, ...args].join(" ")}\n`); return; }
  if (flags.replace) await removeNamed(context, args);
  const command = isOurs ? [...selfCommand(context, "container", "runlabel"), ...args] : [pathOf(program), ...args];
  await runCommand(context, command, flags);
}

const isPodman = (program: string): boolean => program === "podman" || basename(program) === "docker";

/** The last part of the name without tag; of the name as typed, unless that is the beginning of the id. */
function nameOf({ Id, RepoTags }: InspectImage, ref: string): string {
  const full = Id.startsWith(ref) ? RepoTags[0] ?? Id : ref;
  return (full.split("/").at(-1) ?? full).split(":")[0] ?? full;
}

function commandOf(context: CommandContext, line: string, { imageName, name }: { readonly imageName: string; readonly name: string }, { opt1, opt2, opt3 }: RunlabelFlags): readonly string[] {
  const [program = "", ...words] = splitWords(line);
  const replaced = words.map((word) => replaceWord(replaceWord(word, "NAME", name), "IMAGE", imageName));
  const options: Readonly<Record<string, string | undefined>> = { OPT1: opt1, OPT2: opt2, OPT3: opt3, PWD: process.cwd(), HOME: context.env["HOME"] ?? homedir() };
  const variables = (variable: string): string | undefined => (Object.hasOwn(options, variable) ? options[variable] ?? (variable.startsWith("OPT") ? context.env[variable] : undefined) : undefined);
  return splitWords(expandVariables([program, ...replaced].join(" "), variables));
}

function replaceWord(word: string, key: "NAME" | "IMAGE", value: string): string {
  if (word === key) return value;
  const filled = word.replaceAll(`$${key}`, value).replaceAll(`\${${key}}`, value);
  return filled.endsWith(`=${key}`) ? `${filled.slice(0, -key.length)}${value}` : filled;
}

function pathOf(program: string): string {
  if (!program.includes("/") && !program.startsWith(".")) return program;
  const path = resolve(program);
  if (!existsSync(path)) throw new EngineError("not-found", `stat ${path}: no such file or directory`);
  return path;
}

async function removeNamed(context: CommandContext, args: readonly string[]): Promise<void> {
  const name = args[args.indexOf("--name") + 1];
  if (args.includes("--name") && name !== undefined) await (await context.engine()).container.remove({ ref: name, force: true, ignore: true });
}

async function runCommand(context: CommandContext, command: readonly string[], { quiet, opt1, opt2, opt3 }: RunlabelFlags): Promise<void> {
  const env = Object.fromEntries(Object.entries({ ...context.env, ...(opt1 && { OPT1: opt1 }), ...(opt2 && { OPT2: opt2 }), ...(opt3 && { OPT3: opt3 }), PODMAN_RUNLABEL_NESTED: "1" }).filter(([, value]) => value !== undefined));
  const stdio = quiet ? "ignore" : "inherit";
  const status = await Bun.spawn([...command], { stdin: stdio, stdout: stdio, stderr: stdio, env }).exited;
  if (status !== 0) throw new EngineError("internal", `\`${command.join(" ")}\` failed: exit status ${status}`);
}
