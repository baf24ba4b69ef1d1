/** `--pid`, `--ipc`, `--uts`, `--cgroupns`, `--userns` and `--network` values (podman-run(1)). Pure. */
import { EngineError } from "../../base/errors.ts";
import { parseIp, parseMac } from "../ip.ts";
import { parseCsv } from "./csv.ts";

export interface ParsedNamespace { readonly mode: string; readonly value?: string }

const plain: Readonly<Record<string, readonly string[]>> = {
  pid: ["private", "host", "pod"], ipc: ["private", "host", "pod", "shareable", "none"], uts: ["private", "host", "pod"], cgroup: ["private", "host", "pod"],
};

/** @throws invalid-argument `unrecognized namespace mode … passed` */
export function parseNamespace(kind: "pid" | "ipc" | "uts" | "cgroup", text: string): ParsedNamespace | undefined {
  if (text === "") return undefined;
  if (plain[kind]?.includes(text) === true) return { mode: text };
  const colon = text.indexOf(":");
  const [mode, value] = colon === -1 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
  if (mode === "container" || mode === "ns") {
    if (value === undefined || value === "") throw new EngineError("invalid-argument", `must provide ${mode === "ns" ? "a path to a namespace when specifying \"ns:\"" : "name or ID for container when specifying \"container:\""}`);
    return { mode, value };
  }
  throw new EngineError("invalid-argument", `unrecognized namespace mode ${text} passed`);
}

/** `keep-id:uid=1,gid=2`, `auto:size=…`, `ns:/path`, `container:x`, `host`, `private`, `nomap`. */
export function parseUserNamespace(text: string): ParsedNamespace | undefined {
  if (text === "") return undefined;
  const colon = text.indexOf(":");
  const mode = colon === -1 ? text : text.slice(0, colon);
  const value = colon === -1 ? undefined : text.slice(colon + 1);
  if (["host", "private", "nomap", "auto", "keep-id", "container", "ns"].includes(mode)) return { mode, ...(value !== undefined && { value }) };
  throw new EngineError("invalid-argument", `unrecognized namespace mode ${text} passed`);
}

export interface ParsedAttach { readonly name: string; aliases?: string[]; staticIps?: string[]; staticMac?: string; interfaceName?: string; options?: Record<string, string> }
export interface ParsedNetwork { readonly mode?: ParsedNamespace; readonly networks: ParsedAttach[]; readonly options: Record<string, string[]> }

const modes = ["host", "none", "private", "pasta", "slirp4netns", "bridge", "default", "container", "ns", "pod"];

/** Every `--network`, in order. @throws invalid-argument */
export function parseNetworks(values: readonly string[]): ParsedNetwork {
  if (values.length === 0) return { networks: [], options: {} };
  // Podman's older form: the first value may be a list of names, without options.
  const [head = "", ...tail] = values;
  const parsed = [...(head.includes(":") ? [head] : head.split(",")), ...tail].map(parseNetwork);
  const special = parsed.find(({ mode }) => mode !== undefined && mode.mode !== "bridge");
  if (parsed.length > 1 && special !== undefined) {
    const name = special.mode?.mode ?? "";
    throw new EngineError("invalid-argument", special === parsed[0]
      ? `cannot set multiple networks without bridge network mode, selected mode ${name}: invalid argument`
      : `can only set extra network names, selected mode ${name} conflicts with bridge: invalid argument`);
  }
  const first = parsed[0];
  return { mode: special?.mode ?? { mode: "bridge" }, networks: parsed.flatMap(({ attach }) => attach ?? []), options: first?.options ?? {} };
}

function parseNetwork(text: string): { readonly mode?: ParsedNamespace; readonly attach?: ParsedAttach; readonly options: Record<string, string[]> } {
  const colon = text.indexOf(":");
  const name = colon === -1 ? text : text.slice(0, colon);
  const rest = colon === -1 ? "" : text.slice(colon + 1);
  if (name === "") throw new EngineError("invalid-argument", "network name cannot be empty");
  if (!modes.includes(name)) return { attach: parseAttach(name, rest), options: {} };
  if (name === "container" || name === "ns") return { mode: { mode: name, value: rest }, options: {} };
  if (name === "bridge" || name === "default") return { mode: { mode: "bridge" }, options: {}, ...(rest !== "" && { attach: parseAttach("", rest) }) };
  return { mode: { mode: name }, options: rest === "" ? {} : { [name]: parseCsv(rest) } };
}

/** `net1:ip=10.1.1.1,alias=web,mac=…,interface_name=eth5`. */
function parseAttach(name: string, text: string): ParsedAttach {
  const attach: ParsedAttach = { name };
  for (const option of text === "" ? [] : parseCsv(text)) {
    const equals = option.indexOf("=");
    setOption(attach, equals === -1 ? option : option.slice(0, equals), equals === -1 ? "" : option.slice(equals + 1));
  }
  return attach;
}

function setOption(attach: ParsedAttach, key: string, value: string): void {
  const invalid = (what: string): EngineError => new EngineError("invalid-argument", `invalid option for network ${attach.name}: ${what}`);
  switch (key) {
    case "ip": case "ip6":
      if (parseIp(value) === undefined) throw invalid(`invalid ip address "${value}"`);
      (attach.staticIps ??= []).push(value);
      return;
    case "mac":
      if (parseMac(value) === undefined) throw invalid(`address ${value}: invalid MAC address`);
      attach.staticMac = value;
      return;
    case "alias":
      if (value === "") throw invalid("alias cannot be empty");
      (attach.aliases ??= []).push(value);
      return;
    case "interface_name":
      if (value === "") throw invalid("interface_name cannot be empty");
      attach.interfaceName = value;
      return;
    default: (attach.options ??= {})[key] = value;
  }
}
