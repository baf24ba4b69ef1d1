/** `--volume`, `--tmpfs` and `--mount` (podman-run(1)). Options are checked here and given their meaning in runtime/spec. Pure. */
import { EngineError } from "../../base/errors.ts";
import { parseCsv } from "./csv.ts";
import { parseMountOption, type MountDraft, type MountType } from "./mount-options.ts";

/** As `MountCreate` of the contract. */
export interface ParsedMount { type: MountType; source?: string; destination: string; options: string[]; subpath?: string }

const fail = (message: string): EngineError => new EngineError("invalid-argument", message);

/** Backslash keeps a colon in a path: `-v /a\:b:/c`. */
function splitColons(text: string): string[] {
  return text.split(/(?<!\\):/).map((part) => part.replaceAll("\\:", ":"));
}

/** `[source:]destination[:options]`. A source with a slash or a leading dot is a path; another one is a volume's name. */
export function parseVolume(text: string): ParsedMount {
  const parts = splitColons(text);
  if (parts.length > 3) throw fail(`${text}: incorrect volume format, should be [host-dir:]ctr-dir[:option]`);
  const [first = "", second, third] = parts;
  if (second === undefined) return anonymous(first);
  const options = third === undefined ? [] : third.split(",").filter((option) => option !== "");
  if (first === "") throw fail("host directory cannot be empty");
  checkVolumeOptions(options);
  const destination = containerPath(second);
  if (!/^[./]/.test(first) && !first.includes("/")) return { type: "volume", source: first, destination, options };
  const isOverlay = options.includes("O");
  if (isOverlay && options.some((option) => !/^(?:O|U|upperdir=.*|workdir=.*|z|Z)$/.test(option))) throw fail("can't use 'O' with other options");
  return { type: isOverlay ? "overlay" : "bind", source: first, destination, options };
}

function anonymous(destination: string): ParsedMount {
  if (destination === "") throw fail("must set volume destination");
  return { type: "volume", destination: containerPath(destination), options: [] };
}

function containerPath(path: string): string {
  if (path === "") throw fail("container directory cannot be empty");
  if (!path.startsWith("/")) throw fail(`invalid container path "${path}", must be an absolute path`);
  return cleanPath(path);
}

/** Lexical clean-up as Go's path.Clean for absolute paths. */
export function cleanPath(path: string): string {
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") out.pop();
    else if (part !== "" && part !== ".") out.push(part);
  }
  return `/${out.join("/")}`;
}

const exclusive: readonly (readonly string[])[] = [
  ["ro", "rw"], ["z", "Z"], ["exec", "noexec"], ["suid", "nosuid"], ["dev", "nodev"], ["copy", "nocopy"], ["bind", "rbind"],
  ["shared", "rshared", "private", "rprivate", "slave", "rslave", "unbindable", "runbindable"],
];
const known = new Set([...exclusive.flat(), "U", "O", "idmap", "no-dereference", "nocreate", "cached", "delegated", "consistent"]);

function checkVolumeOptions(options: readonly string[]): void {
  for (const option of options) {
    if (!known.has(option) && !/^(?:idmap|upperdir|workdir|size|subpath)=/.test(option)) throw fail(`invalid option type "${option}"`);
  }
  for (const group of exclusive) {
    const used = options.filter((option) => group.includes(option));
    if (used.length > 1) throw fail(`invalid options ${options.map((option) => JSON.stringify(option)).join(" ")}, can only specify 1 ${group.map((option) => `'${option}'`).join(", ")} option`);
  }
}

/** `destination[:options]`. */
export function parseTmpfs(text: string): ParsedMount {
  const [destination = "", options] = splitColons(text);
  if (destination === "") throw fail("must set volume destination");
  return { type: "tmpfs", source: "tmpfs", destination: containerPath(destination), options: options === undefined ? [] : options.split(",").filter((option) => option !== "") };
}

const types: readonly MountType[] = ["bind", "volume", "tmpfs", "image", "glob", "devpts", "ramfs", "artifact"];

/** `type=bind,source=/a,target=/b,ro`. The type may be anywhere; without one it is a volume. */
export function parseMount(text: string): ParsedMount {
  const fields = parseCsv(text).map((field) => field.trim());
  const type = fields.filter((field) => field.startsWith("type=")).at(-1)?.slice("type=".length) ?? "volume";
  if (!types.some((known) => known === type)) throw fail(`invalid filesystem type "${type}"`);
  const draft: MountDraft = { type: type as MountType, options: [] };
  for (const field of fields) if (!field.startsWith("type=") && field !== "") parseMountOption(draft, field);
  return finish(draft);
}

function finish(draft: MountDraft): ParsedMount {
  if ((draft.type === "image" || draft.type === "artifact") && (draft.source === undefined || draft.destination === undefined)) throw fail(`must set source and destination for ${draft.type} volume`);
  if (draft.destination === undefined && draft.type === "glob") draft.destination = draft.source === undefined ? "" : "/";
  if (draft.destination === undefined || draft.destination === "") throw fail("must set volume destination");
  if (draft.type === "bind") draft.source ??= draft.destination;
  if (draft.type === "tmpfs" || draft.type === "ramfs" || draft.type === "devpts") draft.source = draft.type;
  return {
    type: draft.type, destination: containerPath(draft.destination), options: draft.options,
    ...(draft.source !== undefined && { source: draft.source }), ...(draft.subpath !== undefined && { subpath: draft.subpath }),
  };
}
