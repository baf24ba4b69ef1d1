/** A CDI specification file (versions 0.3 to 1.1): what devices of one kind add to a container. Pure; the text is decoded by the caller. */
import { isCdiDeviceName, parseCdiKind } from "./name.ts";

export interface CdiSpec {
  readonly vendor: string;
  readonly class: string;
  readonly devices: readonly { readonly name: string; readonly edits: CdiEdits }[];
  /** For every container that has one of the devices. */
  readonly edits: CdiEdits;
}

export interface CdiEdits {
  readonly env?: readonly string[];
  readonly deviceNodes?: readonly CdiDeviceNode[];
  readonly netDevices?: readonly { readonly hostInterfaceName: string; readonly name: string }[];
  readonly hooks?: readonly CdiHook[];
  readonly mounts?: readonly CdiMount[];
  readonly intelRdt?: { readonly closID?: string; readonly l3CacheSchema?: string; readonly memBwSchema?: string; readonly schemata?: readonly string[]; readonly enableMonitoring?: boolean };
  readonly additionalGids?: readonly number[];
}
export interface CdiDeviceNode {
  readonly path: string; readonly hostPath?: string; readonly type?: string; readonly major?: number; readonly minor?: number;
  readonly fileMode?: number; readonly permissions?: string; readonly uid?: number; readonly gid?: number;
}
export interface CdiMount { readonly hostPath: string; readonly containerPath: string; readonly options?: readonly string[]; readonly type?: string }
export interface CdiHook { readonly hookName: string; readonly path: string; readonly args?: readonly string[]; readonly env?: readonly string[]; readonly timeout?: number }

const hookNames: ReadonlySet<string> = new Set(["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]);
const nodeTypes: ReadonlySet<string> = new Set(["b", "c", "u", "p"]);

/** @throws Error with one sentence for a decoded file that is no specification */
export function toCdiSpec(value: unknown): CdiSpec {
  const file = table(value, "the file");
  if (typeof file["cdiVersion"] !== "string" || !/^(?:0\.[1-8]|1\.\d+)\.\d+$/.test(file["cdiVersion"])) throw new Error(`invalid CDI version ${JSON.stringify(file["cdiVersion"] ?? "")}`);
  const kind = typeof file["kind"] === "string" ? parseCdiKind(file["kind"]) : undefined;
  if (kind === undefined) throw new Error(`invalid kind ${JSON.stringify(file["kind"] ?? "")}`);
  const devices = entries(file["devices"], "devices").map((device) => {
    const name = typeof device["name"] === "number" ? String(device["name"]) : device["name"];
    if (typeof name !== "string" || !isCdiDeviceName(name)) throw new Error(`invalid device name ${JSON.stringify(name ?? "")}`);
    return { name, edits: editsOf(device["containerEdits"]) };
  });
  if (devices.length === 0) throw new Error("invalid spec, no devices");
  const repeated = devices.find(({ name }, index) => devices.findIndex((other) => other.name === name) !== index);
  if (repeated !== undefined) throw new Error(`invalid spec, multiple device ${JSON.stringify(repeated.name)}`);
  return { ...kind, devices, edits: editsOf(file["containerEdits"]) };
}

type Table = Readonly<Record<string, unknown>>;
function table(value: unknown, what: string): Table {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is no mapping`);
  return value as Table;
}
function entries(value: unknown, what: string): readonly Table[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${what} is no list`);
  return value.map((one) => table(one, `an entry of ${what}`));
}
function words(value: unknown, what: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((one): one is string => typeof one === "string")) throw new Error(`${what} is no list of texts`);
  return value;
}

function editsOf(value: unknown): CdiEdits {
  if (value === undefined || value === null) return {};
  const edits = table(value, "containerEdits");
  const gids = edits["additionalGids"] ?? [];
  if (!Array.isArray(gids) || !gids.every((gid): gid is number => Number.isInteger(gid) && gid >= 0)) throw new Error("additionalGids is no list of group ids");
  return {
    env: variables(edits["env"]), additionalGids: gids,
    deviceNodes: entries(edits["deviceNodes"], "deviceNodes").map(deviceNode),
    netDevices: entries(edits["netDevices"], "netDevices").map((one) => ({ hostInterfaceName: mustText(one, "hostInterfaceName", "net device"), name: mustText(one, "name", "net device") })),
    hooks: entries(edits["hooks"], "hooks").map(hook), mounts: entries(edits["mounts"], "mounts").map(mount),
    ...(edits["intelRdt"] === undefined || edits["intelRdt"] === null ? {} : { intelRdt: rdt(table(edits["intelRdt"], "intelRdt")) }),
  };
}

function variables(value: unknown): readonly string[] {
  const lines = words(value, "env");
  const bad = lines.find((line) => line.indexOf("=") <= 0);
  if (bad !== undefined) throw new Error(`invalid environment variable ${JSON.stringify(bad)}`);
  return lines;
}

function mustText(of: Table, key: string, what: string): string {
  const value = of[key];
  if (typeof value !== "string" || value === "") throw new Error(`invalid ${what}, empty ${key}`);
  return value;
}
const maybe = <T>(of: Table, key: string, check: (value: unknown) => value is T): { [name: string]: T } => {
  const value = of[key];
  if (value === undefined || value === null) return {};
  if (!check(value)) throw new Error(`invalid ${key} ${JSON.stringify(value)}`);
  return { [key]: value };
};
const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

function deviceNode(node: Table): CdiDeviceNode {
  const path = mustText(node, "path", "device");
  const { type, permissions } = node;
  if (type !== undefined && type !== "" && !(isText(type) && nodeTypes.has(type))) throw new Error(`device ${JSON.stringify(path)}: invalid type ${JSON.stringify(type)}`);
  if (permissions !== undefined && permissions !== "none" && !(isText(permissions) && /^[rwm]*$/.test(permissions))) throw new Error(`device ${JSON.stringify(path)}: invalid permissions ${JSON.stringify(permissions)}`);
  const numbers = ["major", "minor", "fileMode", "uid", "gid"].map((key) => maybe(node, key, isNumber));
  return { path, ...maybe(node, "hostPath", isText), ...maybe(node, "type", isText), ...maybe(node, "permissions", isText), ...Object.assign({}, ...numbers) as Partial<CdiDeviceNode> };
}

function hook(one: Table): CdiHook {
  const hookName = mustText(one, "hookName", "hook");
  if (!hookNames.has(hookName)) throw new Error(`invalid hook name ${JSON.stringify(hookName)}`);
  return { hookName, path: mustText(one, "path", "hook"), args: words(one["args"], "args"), env: variables(one["env"]), ...maybe(one, "timeout", isNumber) };
}

const mount = (one: Table): CdiMount => ({ hostPath: mustText(one, "hostPath", "mount"), containerPath: mustText(one, "containerPath", "mount"), options: words(one["options"], "options"), ...maybe(one, "type", isText) });

function rdt(one: Table): NonNullable<CdiEdits["intelRdt"]> {
  const closId = one["closID"];
  if (isText(closId) && closId !== "/" && (closId.length >= 4096 || closId === "." || closId === ".." || /[/\n]/.test(closId))) throw new Error("invalid ClosID");
  return {
    ...maybe(one, "closID", isText), ...maybe(one, "l3CacheSchema", isText), ...maybe(one, "memBwSchema", isText), ...maybe(one, "enableMonitoring", isFlag),
    ...(one["schemata"] === undefined ? {} : { schemata: words(one["schemata"], "schemata") }),
  };
}
