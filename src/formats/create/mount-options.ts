/** The options of `--mount`, one field at a time. Pure. */
import { EngineError } from "../../base/errors.ts";

export type MountType = "bind" | "volume" | "tmpfs" | "image" | "glob" | "devpts" | "ramfs" | "artifact" | "overlay";
export interface MountDraft { type: MountType; source?: string; destination?: string; options: string[]; subpath?: string }

const fail = (message: string): EngineError => new EngineError("invalid-argument", message);
const noArgument = "must provide an argument for option";
const propagation = ["shared", "rshared", "private", "rprivate", "slave", "rslave", "unbindable", "runbindable"];
const flags = new Set([...propagation, "nodev", "dev", "noexec", "exec", "nosuid", "suid", "Z", "z", "no-dereference", "tmpcopyup", "notmpcopyup", "noswap", "newinstance", "nocopy", "copy"]);
/** Values that go to the kernel as they are. */
const passed = new Set(["uid", "gid", "mode", "ptmxmode", "max", "size", "nr_inodes"]);

/** Adds one field to the draft. @throws invalid-argument with podman's sentences */
export function parseMountOption(draft: MountDraft, field: string): void {
  const equals = field.indexOf("=");
  const name = equals === -1 ? field : field.slice(0, equals);
  const value = equals === -1 ? undefined : field.slice(equals + 1);
  const handler = handlers[name];
  if (handler !== undefined) handler(draft, value, name);
  else if (flags.has(name)) flag(draft, value, name);
  else if (passed.has(name) && value !== undefined) draft.options.push(`${name}=${value}`);
  else throw fail(`${name}: invalid mount option`);
}

type OptionHandler = (draft: MountDraft, value: string | undefined, name: string) => void;

function needed(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw fail(`${name}: ${noArgument}`);
  return value;
}
function only(draft: MountDraft, name: string, ...types: MountType[]): void {
  if (!types.includes(draft.type)) throw fail(`"${name}" option not supported for "${draft.type}" mount types`);
}
/** `name`, `name=true`, `name=false`. */
function isOn(value: string | undefined, name: string): boolean {
  if (value === undefined || value === "true") return true;
  if (value === "false") return false;
  throw fail(`invalid ${name} value "${value}": invalid mount option`);
}
function flag(draft: MountDraft, value: string | undefined, name: string): void {
  if (draft.options.includes(name)) throw fail(`cannot pass '${name}' mnt.Options more than once: ${noArgument}`);
  if (isOn(value, name)) draft.options.push(name);
}

const source: OptionHandler = (draft, value, name) => {
  only(draft, name, "bind", "volume", "image", "glob", "artifact");
  if (draft.source !== undefined) throw fail(`cannot pass "${name}" option more than once: ${noArgument}`);
  draft.source = needed(value, name);
};
const destination: OptionHandler = (draft, value, name) => {
  if (draft.destination !== undefined) throw fail(`cannot pass "${name}" option more than once: ${noArgument}`);
  draft.destination = needed(value, name);
};
const readOnly: OptionHandler = (draft, value, name) => {
  if (draft.options.some((option) => option === "ro" || option === "rw")) throw fail(`cannot pass 'readonly', 'ro', or 'rw' mnt.Options more than once: ${noArgument}`);
  draft.options.push(isOn(value, name) === (name !== "rw" && name !== "readwrite") ? "ro" : "rw");
};
const chown: OptionHandler = (draft, value, name) => {
  if (draft.options.includes("U")) throw fail(`cannot pass 'U' or 'chown' option more than once: ${noArgument}`);
  if (isOn(value, name)) draft.options.push("U");
};
const subpath: OptionHandler = (draft, value, name) => {
  if (draft.type !== "volume" && draft.type !== "image") throw fail(`cannot set option "${name}" on non-volume mounts`);
  draft.subpath = needed(value, name);
};

const handlers: Readonly<Record<string, OptionHandler>> = {
  src: source, source, target: destination, dst: destination, dest: destination, destination,
  readonly: readOnly, ro: readOnly, rw: readOnly, readwrite: readOnly, U: chown, chown, subpath, "volume-subpath": subpath,
  "bind-nonrecursive": (draft, _value, name) => { only(draft, name, "bind"); draft.options.push("bind"); },
  "bind-propagation": (draft, value, name) => {
    only(draft, name, "bind");
    if (!propagation.includes(needed(value, name))) throw fail(`invalid value "${name}=${value}"`);
    draft.options.push(value ?? "");
  },
  // Docker's hint for macOS; no meaning here, as in podman.
  consistency: () => undefined,
  idmap: (draft, value) => { draft.options.push(value === undefined ? "idmap" : `idmap=${value}`); },
  relabel: (draft, value, name) => {
    if (value !== "private" && value !== "shared") throw fail(`${name} mount option must be 'private' or 'shared': invalid mount option`);
    draft.options.push(value === "private" ? "Z" : "z");
  },
  "tmpfs-mode": (draft, value, name) => { only(draft, name, "tmpfs", "ramfs"); draft.options.push(`mode=${needed(value, name)}`); },
  "tmpfs-size": (draft, value, name) => { only(draft, name, "tmpfs", "ramfs"); draft.options.push(`size=${needed(value, name)}`); },
  "volume-label": (draft, _value, name) => { only(draft, name, "volume"); throw fail("the --volume-label option is not presently implemented"); },
  "volume-opt": (draft, value, name) => { only(draft, name, "volume"); draft.options.push(`${name}=${needed(value, name)}`); },
  nocreate: (draft, value, name) => { only(draft, name, "volume"); flag(draft, value, name); },
  title: (draft, value, name) => { only(draft, name, "artifact"); draft.options.push(`title=${needed(value, name)}`); },
  digest: (draft, value, name) => { only(draft, name, "artifact"); draft.options.push(`digest=${needed(value, name)}`); },
  name: (draft, value, name) => { only(draft, name, "artifact"); draft.options.push(`name=${needed(value, name)}`); },
};
