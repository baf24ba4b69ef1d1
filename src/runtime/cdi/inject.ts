/** CDI devices in a container's specification. */
import { normalize } from "node:path";
import { EngineError, isErrno, messageOf } from "../../base/errors.ts";
import type { CdiDeviceNode, CdiEdits, CdiMount } from "../../formats/cdi/spec.ts";
import { nodeOf } from "../spec/devices.ts";
import type { Spec, SpecDevice, SpecLinux, SpecMount } from "../spec/types.ts";
import { readCdi, type CdiRegistry } from "./read.ts";

export interface CdiRequest {
  /** Full names. */
  readonly names: readonly string[];
  /** `--gpus`: `all` or a name, of whichever vendor's this machine has. */
  readonly gpus: readonly string[];
  readonly directories: readonly string[];
  /** No rules of the devices cgroup can be set. */
  readonly rootless: boolean;
}

const gpuVendors = ["nvidia.com", "amd.com"];

/** The specification with what the devices need. @throws EngineError invalid-argument for unknown devices and impossible nodes, not-found for absent nodes */
export async function injectCdi(spec: Spec, { names, gpus, directories, rootless }: CdiRequest): Promise<Spec> {
  const registry = await readCdi(directories);
  const all = [...names, ...gpuNames(gpus, registry)];
  const unknown = all.filter((name) => !registry.devices.has(name));
  if (unknown.length > 0) throw new EngineError("invalid-argument", `setting up CDI devices: unresolvable CDI devices ${unknown.join(", ")}`, hintOf(directories, registry));
  const seen = new Set<unknown>();
  const edits = all.flatMap((name) => {
    const found = registry.devices.get(name);
    if (found === undefined) return [];
    const isFirst = !seen.has(found.spec);
    seen.add(found.spec);
    return isFirst ? [found.spec.edits, found.edits] : [found.edits];
  });
  return edits.reduce((changing, one) => apply(changing, one, rootless), spec);
}

function gpuNames(gpus: readonly string[], registry: CdiRegistry): readonly string[] {
  if (gpus.length === 0) return [];
  const vendor = gpuVendors.find((known) => registry.vendors.has(known));
  if (vendor === undefined) throw new EngineError("failed-precondition", "getting CDI device names: could not discover GPU vendor: no known GPU vendor found in CDI specs", { hint: "let the vendor's toolkit write a CDI specification (nvidia-ctk cdi generate, amd-ctk cdi generate)" });
  return gpus.map((gpu) => `${vendor}/gpu=${gpu}`);
}

function hintOf(directories: readonly string[], { problems }: CdiRegistry): { readonly hint: string } {
  return { hint: [`looked for CDI specifications in ${directories.join(", ")}`, ...problems.slice(0, 5)].join("; ") };
}

function apply(spec: Spec, edits: CdiEdits, rootless: boolean): Spec {
  const asked = (edits.deviceNodes ?? []).map((node) => ({ ...deviceOf(node, spec), permissions: node.permissions }));
  // Nobody makes nodes in a user namespace, and runtimes then bind the host's node of the same path only.
  const isBound = rootless || hasUserNamespace(spec);
  const nodes = asked.filter(({ source }) => !isBound || source === undefined);
  const bound = isBound ? asked.flatMap(({ device, source, permissions }) => (source === undefined ? [] : [bindOf(source, device.path, permissions !== "r")])) : [];
  const rules = rootless ? [] : nodes.flatMap(({ device, permissions }) => (device.type === "p" ? [] : [{ allow: true, type: device.type === "u" ? "c" : device.type, major: device.major, minor: device.minor, access: accessOf(permissions) }]));
  const gids = (edits.additionalGids ?? []).filter((gid) => gid !== 0);
  const { user } = spec.process;
  return {
    ...spec,
    process: { ...spec.process, env: withVariables(spec.process.env, edits.env ?? []), ...(gids.length === 0 ? {} : { user: { ...user, additionalGids: [...new Set([...user.additionalGids ?? [], ...gids])] } }) },
    mounts: withMounts(spec, [...bound, ...(edits.mounts ?? [])]),
    ...withHooks(spec, edits),
    linux: withLinux(spec.linux, nodes.map(({ device }) => device), rules, edits),
  };
}

const hasUserNamespace = ({ linux }: Spec): boolean => linux.namespaces.some(({ type }) => type === "user");
const bindOf = (hostPath: string, containerPath: string, isWritable: boolean): CdiMount => ({ hostPath, containerPath, type: "bind", options: ["slave", "nosuid", "noexec", isWritable ? "rw" : "ro", "rbind"] });

const accessOf = (permissions: string | undefined): string => (permissions === "none" ? "" : permissions === undefined || permissions === "" ? "rwm" : permissions);

function withVariables(env: readonly string[], added: readonly string[]): string[] {
  const nameOf = (line: string): string => line.slice(0, line.indexOf("="));
  const names = new Set(added.map(nameOf));
  return [...env.filter((line) => !names.has(nameOf(line))), ...added];
}

/** One of the container's own with the same destination gives way. */
function withMounts(spec: Spec, added: readonly CdiMount[]): SpecMount[] {
  const { mounts } = spec;
  if (added.length === 0) return mounts;
  const taken = new Set(added.map(({ containerPath }) => normalize(containerPath)));
  const all = [...mounts.filter(({ destination }) => !taken.has(normalize(destination))), ...added.map((mount) => mountOf(mount, hasUserNamespace(spec)))];
  const depth = (path: string): number => normalize(path).split("/").length;
  return all.map((mount, index) => ({ mount, index })).toSorted((a, b) => depth(a.mount.destination) - depth(b.mount.destination) || a.index - b.index).map(({ mount }) => mount);
}

/** Binds keep their owners in a user namespace only when they are mapped; what cannot be, a node of a device file system, stays as it is. */
function mountOf({ hostPath, containerPath, options = [], type }: CdiMount, isShifted: boolean): SpecMount {
  const binds = type === "bind" || options.includes("bind") || options.includes("rbind");
  const isMapped = isShifted && binds && !hostPath.startsWith("/dev/") && !options.some((option) => option === "idmap" || option === "ridmap");
  return { source: hostPath, destination: containerPath, options: [...options, ...(isMapped ? [options.includes("rbind") ? "ridmap" : "idmap"] : [])], ...(type === undefined || type === "" ? {} : { type }) };
}

function withHooks({ hooks = {} }: Spec, { hooks: added = [] }: CdiEdits): Pick<Spec, "hooks"> {
  if (added.length === 0) return {};
  const all = { ...hooks };
  for (const { hookName, path, args = [], env = [], timeout } of added) {
    all[hookName] = [...all[hookName] ?? [], { path, ...(args.length === 0 ? {} : { args: [...args] }), ...(env.length === 0 ? {} : { env: [...env] }), ...(timeout === undefined ? {} : { timeout }) }];
  }
  return { hooks: all };
}

function withLinux(linux: SpecLinux, devices: readonly SpecDevice[], rules: NonNullable<NonNullable<SpecLinux["resources"]>["devices"]>, { intelRdt, netDevices = [] }: CdiEdits): SpecLinux {
  const paths = new Set(devices.map(({ path }) => path));
  return {
    ...linux,
    ...(devices.length === 0 ? {} : { devices: [...(linux.devices ?? []).filter(({ path }) => !paths.has(path)), ...devices] }),
    ...(rules.length === 0 ? {} : { resources: { ...linux.resources, devices: [...linux.resources?.devices ?? [], ...rules] } }),
    ...(intelRdt === undefined ? {} : { intelRdt }),
    ...(netDevices.length === 0 ? {} : { netDevices: { ...linux.netDevices, ...Object.fromEntries(netDevices.map(({ hostInterfaceName, name }) => [hostInterfaceName, { name }])) } }),
  };
}

/** A node that the file describes in full need not exist on the host. */
function deviceOf(node: CdiDeviceNode, { process }: Spec): { readonly device: SpecDevice; readonly source: string | undefined } {
  const isComplete = node.type !== undefined && node.type !== "" && ((node.major ?? 0) !== 0 || node.type === "p");
  const onHost = lookUp(node, isComplete);
  if (!isComplete && onHost !== undefined && node.type !== undefined && node.type !== "" && node.type !== onHost.type) {
    throw new EngineError("invalid-argument", `setting up CDI devices: failed to inject devices: CDI device ("${node.path}", "${node.hostPath ?? node.path}"), host type mismatch (${node.type}, ${onHost.type})`);
  }
  const fileMode = node.fileMode ?? (onHost?.fileMode === undefined ? undefined : onHost.fileMode & 0o7777);
  const uid = node.uid ?? (process.user.uid > 0 ? process.user.uid : undefined);
  const gid = node.gid ?? (process.user.gid > 0 ? process.user.gid : undefined);
  return {
    source: onHost?.path,
    device: {
      path: node.path, type: isComplete ? node.type ?? "" : onHost?.type ?? "", major: (isComplete ? node.major : onHost?.major) ?? 0, minor: (isComplete ? node.minor : onHost?.minor) ?? 0,
      ...(fileMode === undefined ? {} : { fileMode }), ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }),
    },
  };
}

function lookUp({ path, hostPath = path }: CdiDeviceNode, isComplete: boolean): SpecDevice | undefined {
  try {
    const found = nodeOf(hostPath);
    if (found !== undefined || isComplete) return found;
  } catch (error) {
    if (isComplete && isErrno(error, "ENOENT", "ENOTDIR", "EACCES")) return undefined;
    throw new EngineError("not-found", `setting up CDI devices: failed to inject devices: failed to stat CDI host device ${JSON.stringify(hostPath)}: ${messageOf(error)}`, { cause: error });
  }
  throw new EngineError("invalid-argument", `setting up CDI devices: failed to inject devices: failed to stat CDI host device ${JSON.stringify(hostPath)}: not a device node`);
}
