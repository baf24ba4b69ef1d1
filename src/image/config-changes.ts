/** `--change` of import and commit: Dockerfile instructions that alter an image's defaults. Errors are Podman's. */
import { posix } from "node:path";
import { constants } from "node:os";
import { EngineError } from "../base/errors.ts";
import type { ContainerDefaults } from "../contract/types/oci.ts";

type Draft = { -readonly [K in keyof ContainerDefaults]: ContainerDefaults[K] };
type Apply = (draft: Draft, value: string, change: string) => void;

/** Applies `KEY value` or `KEY=value` lines in order to `base`. @throws invalid-argument `invalid change "…" - …` */
export function applyChanges(changes: readonly string[], base: ContainerDefaults = {}): ContainerDefaults {
  const draft: Draft = { ...base };
  for (const change of changes) {
    const cut = change.includes(" ") ? change.indexOf(" ") : change.indexOf("=");
    if (cut < 0) throw bad(change, "must be formatted as KEY VALUE");
    const key = change.slice(0, cut).trim().toUpperCase();
    const apply = instructions[key];
    if (apply === undefined) throw bad(change, `invalid instruction ${key}`);
    apply(draft, change.slice(cut + 1).trim(), change);
  }
  return draft;
}

function bad(change: string, why: string): EngineError { return new EngineError("invalid-argument", `invalid change ${JSON.stringify(change)} - ${why}`); }

const instructions: Readonly<Record<string, Apply>> = {
  USER: (draft, value, change) => { draft.User = required(value, change, "must provide a value to USER"); },
  EXPOSE: (draft, value, change) => { draft.ExposedPorts = { ...draft.ExposedPorts, [port(value, change)]: {} }; },
  ENV: (draft, value, change) => {
    const [key, text] = pair(value);
    if (key === "") throw bad(change, "ENV must have at least one argument");
    draft.Env = [...draft.Env ?? [], `${unquoted(key)}=${unquoted(text ?? "")}`];
  },
  ENTRYPOINT: (draft, value) => { draft.Entrypoint = jsonList(value) ?? (value === "" ? [] : ["/bin/sh", "-c", value]); },
  CMD: (draft, value) => { draft.Cmd = jsonList(value) ?? ["/bin/sh", "-c", ...(value === "" ? [] : [value])]; },
  VOLUME: (draft, value, change) => {
    const paths = jsonList(value) ?? value.split(" ");
    if (paths.length === 0) throw bad(change, "must provide at least one argument to VOLUME");
    if (paths.includes("")) throw bad(change, "VOLUME paths must not be empty");
    draft.Volumes = { ...draft.Volumes, ...Object.fromEntries(paths.map((path) => [path, {}])) };
  },
  WORKDIR: (draft, value, change) => { draft.WorkingDir = posix.join(draft.WorkingDir ?? "", required(value, change, "must provide a non-empty WORKDIR")); },
  LABEL: (draft, value, change) => {
    const [key, text] = pair(value);
    if (text === undefined) throw bad(change, "LABEL must be formatted key=value");
    if (unquoted(key) === "") throw bad(change, "LABEL must have a non-empty key");
    draft.Labels = { ...draft.Labels, [unquoted(key)]: unquoted(text) };
  },
  STOPSIGNAL: (draft, value, change) => { draft.StopSignal = signalNumber(value, change); },
  ONBUILD: (draft, value, change) => { draft.OnBuild = [...draft.OnBuild ?? [], required(value, change, "ONBUILD must be given an argument")]; },
};

function required(value: string, change: string, why: string): string {
  if (value === "") throw bad(change, why);
  return value;
}
function pair(value: string): readonly [string, string?] {
  const equals = value.indexOf("=");
  return equals < 0 ? [value] : [value.slice(0, equals), value.slice(equals + 1)];
}
function unquoted(text: string): string { return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text; }

function jsonList(value: string): readonly string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) && parsed.every((part): part is string => typeof part === "string") ? parsed : undefined;
  } catch { return undefined; }
}

function port(value: string, change: string): string {
  const [number = "", protocol = "tcp", ...more] = value.split("/");
  if (more.length > 0) throw bad(change, "EXPOSE port must be formatted as PORT[/PROTO]");
  if (!/^[+-]?\d+$/.test(number)) throw bad(change, `EXPOSE port must be an integer: strconv.Atoi: parsing ${JSON.stringify(number)}: invalid syntax`);
  if (Number(number) > 65_535 || Number(number) <= 0) throw bad(change, "EXPOSE port must be a valid port number");
  if (!["tcp", "udp"].includes(protocol.toLowerCase())) throw bad(change, "EXPOSE protocol must be TCP or UDP");
  return `${Number(number)}/${protocol.toLowerCase()}`;
}

function signalNumber(value: string, change: string): string {
  if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65) return value;
  const upper = value.toUpperCase();
  const number = Object.entries(constants.signals).find(([name]) => name === upper || name === `SIG${upper}`)?.[1];
  if (number === undefined) throw bad(change, `KILLSIGNAL must be given a valid signal: invalid signal: ${value}`);
  return String(number);
}
