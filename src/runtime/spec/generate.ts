/** The third shape: an OCI config.json from a record and the facts of a start, as Podman 5.8 writes it. */
import { ownMaps } from "../../config/userns/maps.ts";
import { EngineError, within } from "../../base/errors.ts";
import type { ContainerCreate, DeviceCreate } from "../../contract/types/container-create.ts";
import { isCdiName } from "../../formats/cdi/name.ts";
import { parseDevice } from "../../formats/create/resources.ts";
import { annotationsOf } from "./annotations.ts";
import { capabilitySets } from "./capabilities.ts";
import { giveAway } from "./chown-tree.ts";
import { defaultMounts } from "./default-mounts.ts";
import { devicesOf, type DeviceSetup } from "./devices.ts";
import { environmentOf } from "./environment.ts";
import { initBinaryOf, linkZone, localtimeOf } from "./host-files.ts";
import { matchHooks, runPrecreateHooks } from "./hooks.ts";
import { readHostFacts } from "./host.ts";
import type { HostFacts, SpecInput } from "./input.ts";
import { kernelPaths } from "./kernel-paths.ts";
import { toHostId } from "./mount-idmap.ts";
import { initPath, mountsOf, rootPropagation } from "./mounts.ts";
import { cgroupPathOf, idMappings, namespacesOf } from "./namespaces.ts";
import { resourcesOf } from "./resources.ts";
import { rlimitsOf } from "./rlimits.ts";
import { readInRoot, withRoot } from "./rootfs.ts";
import { convertProfile, loadProfile, parseProfile, type Seccomp } from "./seccomp.ts";
import { sysctlsOf } from "./sysctls.ts";
import type { Spec, SpecHook, SpecLinux, SpecProcess } from "./types.ts";
import { addUserEntries, type EntryFiles } from "./user-entries.ts";
import { readUserDatabase, resolveAdditionalGroups, resolveUser, type ResolvedUser, type UserDatabase } from "./users.ts";
import { ensureWorkdir } from "./workdir.ts";
import { existsSync, readFileSync } from "node:fs";

/** Everything that `process` and `exec` read about one container. */
export interface SpecContext {
  readonly input: SpecInput;
  readonly create: ContainerCreate;
  readonly host: HostFacts;
  readonly privileged: boolean;
  readonly readonlyRoot: boolean;
}

/**
 * Reads the container's root (users, groups), adds its user to /etc/passwd when it has only a number, makes the working
 * directory, changes the owner of volumes with `U`, and builds the specification. Idempotent: a second start gives the same.
 * @throws EngineError with Podman's sentences
 */
export async function generateSpec(given: SpecInput): Promise<Spec> {
  const input = withHostFiles(given);
  const context = contextOf(input);
  const { config } = input.record;
  const found = withRoot(input.rootfs, (rootFd) => lookUp(rootFd, context));
  const devices = deviceSetup(context);
  const spec = await withCdiDevices(context, {
    // Every runtime that is still around takes 1.0; crun before 1.9 refuses 1.2.
    ociVersion: "1.0.2",
    process: { ...processOf(context, found.user, found.groups), ...await apparmorOf(context) },
    root: { path: input.rootfs, ...(context.readonlyRoot ? { readonly: true } : {}) },
    ...(input.namespaces.uts.kind === "new" ? { hostname: config.hostname } : {}),
    mounts: allMounts(context, found.user, found.entries, devices),
    annotations: annotationsOf(input),
    linux: await linuxOf(context, devices),
  });
  const propagation = rootPropagation(spec.mounts);
  if (propagation !== undefined) spec.linux.rootfsPropagation = propagation;
  withRoot(input.rootfs, (rootFd) => {
    ensureWorkdir(rootFd, {
      rootfs: input.rootfs, containerId: input.record.id, workdir: config.workdir, mustExist: context.create.workdir !== undefined,
      mounts: spec.mounts.map((mount) => mount.destination), owner: hostOwner(context, found.user),
    });
  });
  return addHooks(context, spec);
}

/** What the caller did not resolve itself. */
function withHostFiles(input: SpecInput): SpecInput {
  const { config, id } = input.record;
  const initBinary = input.initBinary ?? initBinaryOf(config.create, input.config);
  const zone = config.create.timezone ?? input.config.containers.timezone ?? "";
  const hasOwn = input.mounts.some(({ destination }) => destination === "/etc" || destination === "/etc/localtime");
  const isLinked = !hasOwn && zone !== "" && withRoot(input.rootfs, (rootFd) => linkZone(rootFd, zone));
  const localtime = input.files.localtime ?? (isLinked ? undefined : localtimeOf(zone, config.runDir, id));
  return { ...input, files: { ...input.files, ...(localtime === undefined ? {} : { localtime }) }, ...(initBinary === undefined ? {} : { initBinary }) };
}

export function contextOf(input: SpecInput): SpecContext {
  const { create } = input.record.config;
  const { containers } = input.config;
  return {
    input, create, host: readHostFacts(input.host),
    privileged: create.security?.privileged ?? containers.privileged ?? false,
    readonlyRoot: create.security?.readOnly ?? containers.readOnly ?? false,
  };
}

interface LookUp { readonly user: ResolvedUser; readonly groups: readonly number[]; readonly entries: EntryFiles }
function lookUp(rootFd: number, context: SpecContext): LookUp {
  const { input, create, readonlyRoot } = context;
  const { config } = input.record;
  const mounted = (path: string): boolean => input.mounts.some(({ destination }) => destination === path || destination === "/etc");
  const entries = create.passwd === false ? {} : userEntries(input.record.id, rootFd, {
    user: config.user, workdir: config.workdir, readonlyRoot, staticDir: config.staticDir, hostUsers: create.hostUsers ?? [],
    mountedPasswd: mounted("/etc/passwd"), mountedGroup: mounted("/etc/group"),
    ...currentUser(context), mounts: input.mounts.map(({ destination }) => destination),
    ...(create.passwdEntry === undefined ? {} : { passwdTemplate: create.passwdEntry }),
    ...(create.groupEntry === undefined ? {} : { groupTemplate: create.groupEntry }),
  });
  const database = userDatabase(rootFd, input, entries);
  const user = resolveUser(config.user, database);
  return { user, groups: additionalGroups(context, user, database), entries };
}

function userEntries(id: string, ...request: Parameters<typeof addUserEntries>): EntryFiles {
  try { return addUserEntries(...request); } catch (error) { throw within(`creating temporary passwd file for container ${id}`, error); }
}

/** With `keep-id` as it is: with options the user inside is somebody else. */
function currentUser({ input, create }: SpecContext): { readonly currentUid?: number } {
  const { mode, value = "" } = create.namespaces?.user ?? { mode: "" };
  return mode === "keep-id" && input.config.rootless && input.config.uid !== 0 && !/\b[ug]id=/.test(value) ? { currentUid: input.config.uid } : {};
}

/** Files that are mounted over the root's own count. */
export function userDatabase(rootFd: number, input: SpecInput, entries: EntryFiles = {}): UserDatabase {
  const mounted = (name: "passwd" | "group"): string | undefined => {
    const copy = entries[name] ?? input.files[name] ?? input.mounts.find(({ destination, type }) => type === "bind" && destination === `/etc/${name}`)?.source;
    if (copy !== undefined) return readFileSync(copy, "utf8");
    const etc = input.mounts.find(({ destination, type }) => type === "bind" && destination === "/etc")?.source;
    return etc === undefined ? undefined : withRoot(etc, (etcFd) => readInRoot(etcFd, `/${name}`) ?? "");
  };
  const [passwd, group] = [mounted("passwd"), mounted("group")];
  return readUserDatabase(rootFd, { ...(passwd === undefined ? {} : { passwd }), ...(group === undefined ? {} : { group }) });
}

/** The primary group first (when a user was asked for), then --group-add, then those /etc/group lists; only what the namespace maps. */
export function additionalGroups({ input, create }: SpecContext, user: ResolvedUser, { groups }: UserDatabase): number[] {
  const { config, id } = input.record;
  const names = (create.groupAdd ?? []).filter((name) => name !== "keep-groups");
  let added: number[];
  try { added = resolveAdditionalGroups(names, groups); } catch (error) {
    throw new EngineError("invalid-argument", `looking up supplemental groups for container ${id}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const own = config.user.includes(":") ? [] : user.supplementary.filter((gid) => toHostId(gid, config.gidMaps) !== undefined);
  return [...new Set([...(config.user === "" ? [] : [user.gid]), ...added, ...own])];
}

function hostOwner({ input }: SpecContext, user: ResolvedUser): { readonly uid: number; readonly gid: number } {
  const { uidMaps, gidMaps } = input.record.config;
  return { uid: toHostId(user.uid, uidMaps) ?? user.uid, gid: toHostId(user.gid, gidMaps) ?? user.gid };
}

function processOf(context: SpecContext, user: ResolvedUser, groups: readonly number[]): SpecProcess {
  const { input, create, host } = context;
  const { config } = input.record;
  const command = [...config.entrypoint.length === 1 && config.entrypoint[0] === "" ? [] : config.entrypoint, ...config.command];
  const args = command.length === 0 ? [""] : command;
  const asked = new Set((create.resources?.ulimits ?? []).map((limit) => limit.name));
  const oomScoreAdj = create.resources?.oomScoreAdj ?? input.config.containers.oomScoreAdj;
  return {
    ...(config.terminal ? { terminal: true } : {}),
    ...(input.consoleSize === undefined ? {} : { consoleSize: { ...input.consoleSize } }),
    user: { uid: user.uid, gid: user.gid, umask: umaskOf(context), ...(groups.length === 0 ? {} : { additionalGids: [...groups] }) },
    args: input.initBinary === undefined ? args : [initPath, "--", ...args],
    env: environmentOf({
      env: config.env, defaults: input.config.containers.env, unset: create.unsetEnv ?? [], unsetAll: create.unsetEnvAll === true, terminal: config.terminal, hasImage: config.imageId !== undefined,
      home: user.home, hostname: input.namespaces.uts.kind === "new" ? config.hostname : host.hostname, secrets: input.secretEnv ?? {}, extra: { ...(config.systemd === true && config.env["container_uuid"] === undefined ? { container_uuid: input.record.id.slice(0, 32) } : {}), ...input.extraEnv },
    }),
    cwd: config.workdir === "" ? "/" : config.workdir,
    capabilities: capabilitiesFor(context, config.user, context.privileged),
    rlimits: rlimitsOf(config.ulimits, asked, host),
    ...(create.security?.noNewPrivileges === true ? { noNewPrivileges: true } : {}),
    ...(input.processLabel === undefined ? {} : { selinuxLabel: input.processLabel }),
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
  };
}

export function umaskOf({ input, create }: SpecContext): number {
  const text = create.umask ?? input.config.containers.umask;
  if (!/^0?[0-7]{3}$/.test(text)) throw new EngineError("invalid-argument", `running container create option: invalid umask string ${text}: invalid argument`);
  return Number.parseInt(text, 8);
}

export function capabilitiesFor({ input, create, host }: SpecContext, user: string, privileged: boolean): NonNullable<SpecProcess["capabilities"]> {
  const required = input.record.config.labels["io.containers.capabilities"] ?? input.record.config.labels["io.podman.capabilities"];
  return capabilitySets({
    privileged, user, keepId: create.namespaces?.user?.mode === "keep-id", defaults: input.config.containers.defaultCapabilities,
    adds: create.security?.capAdd ?? [], drops: create.security?.capDrop ?? [], bounding: host.capabilities, ...(required === undefined ? {} : { required }),
  });
}

async function apparmorOf({ input, create, host, privileged }: SpecContext): Promise<{ apparmorProfile?: string }> {
  if (!host.hasApparmor && (create.security?.apparmor ?? "") === "") return {};
  const { apparmorProfile } = await import("../apparmor.ts");
  const profile = await apparmorProfile({ asked: create.security?.apparmor, configured: input.config.containers.apparmorProfile, privileged, rootless: input.config.rootless, enabled: host.hasApparmor });
  return profile === undefined ? {} : { apparmorProfile: profile };
}

const allDevices = ({ record, config, extraDevices = [] }: SpecInput): readonly DeviceCreate[] =>
  [...[...config.containers.devices, ...extraDevices].map(parseDevice), ...record.config.create.storage?.devices ?? []];

async function withCdiDevices({ input, create }: SpecContext, spec: Spec): Promise<Spec> {
  const names = allDevices(input).map(({ hostPath }) => hostPath).filter(isCdiName);
  const gpus = create.storage?.gpus ?? [];
  if (names.length === 0 && gpus.length === 0) return spec;
  const { injectCdi } = await import("../cdi/inject.ts");
  return injectCdi(spec, { names, gpus, directories: input.config.engine.cdiSpecDirs, rootless: input.config.rootless });
}

function deviceSetup({ input, create, privileged }: SpecContext): DeviceSetup {
  return devicesOf({
    devices: allDevices(input), rules: create.storage?.deviceCgroupRules ?? [], privileged,
    rootless: input.config.rootless, inUserns: input.config.rootless || input.namespaces.user.kind !== "host", systemd: input.record.config.systemd === true,
  });
}

function allMounts(context: SpecContext, user: ResolvedUser, entries: EntryFiles, devices: DeviceSetup): Spec["mounts"] {
  const { input, create, host, privileged, readonlyRoot } = context;
  const { config } = input.record;
  const security = create.security ?? {};
  const writable = security.readWriteTmpfs ?? true;
  const owner = hostOwner(context, user);
  return mountsOf({
    rootfs: input.rootfs, mounts: input.mounts, files: { ...input.files, ...entries }, devices: devices.mounts,
    systemd: config.systemd === true, ...(create.storage?.shmSizeSystemdBytes === undefined ? {} : { systemdSizeBytes: create.storage.shmSizeSystemdBytes }),
    defaults: defaultMounts({
      systemd: config.systemd === true, namespaces: input.namespaces, gidMaps: config.gidMaps, privileged, rootless: input.config.rootless, cgroupVersion: host.cgroupVersion,
      unmask: security.unmask ?? [], procOptions: security.procOpts ?? [], devReadonly: readonlyRoot && !writable,
    }),
    chrootDirs: create.chrootDirs ?? [], readonlyRoot, readWriteTmpfs: writable, shmSizeBytes: create.storage?.shmSizeBytes ?? input.config.containers.shmSizeBytes, hostIpc: input.namespaces.ipc.kind === "host", noShm: create.namespaces?.ipc?.mode === "none",
    ...(input.initBinary === undefined ? {} : { initBinary: input.initBinary }),
    user, maps: { uidMaps: config.uidMaps, gidMaps: config.gidMaps }, chown: (source) => { giveAway(source, owner.uid, owner.gid, input.record.state.startedAt !== undefined); },
  });
}

async function linuxOf(context: SpecContext, devices: DeviceSetup): Promise<SpecLinux> {
  const { input, create, host, privileged } = context;
  const { config } = input.record;
  const paths = kernelPaths({ privileged, mask: create.security?.mask ?? [], unmask: create.security?.unmask ?? [] });
  const mode = create.resources?.cgroups ?? input.config.containers.cgroups ?? "enabled";
  const cgroupsPath = cgroupPathOf({
    id: input.record.id, manager: config.cgroupManager, mode, parent: input.podCgroup ?? create.resources?.cgroupParent, rootless: input.config.rootless, cgroupVersion: host.cgroupVersion,
  });
  const canLimit = mode !== "disabled" && !(input.config.rootless && host.cgroupVersion === 1);
  const resources = canLimit ? resourcesOf(create.resources ?? {}, input.config.containers.pidsLimit, host.cgroupVersion) : {};
  const seccomp = await seccompOf(context);
  const sysctl = sysctlsOf(input.config.containers.defaultSysctls, create.security?.sysctls ?? {}, input.namespaces, ["host", "container", "pod"].includes(config.network.mode));
  return {
    ...idMappings(input.namespaces, config.uidMaps, config.gidMaps, input.config.rootless ? ownMaps() : undefined),
    ...(Object.keys(sysctl).length === 0 ? {} : { sysctl }),
    resources: { ...resources, ...(devices.rules.length === 0 ? {} : { devices: devices.rules }) },
    ...(cgroupsPath === undefined ? {} : { cgroupsPath }),
    namespaces: namespacesOf(input.namespaces),
    ...(devices.devices.length === 0 ? {} : { devices: devices.devices }),
    ...(seccomp === undefined ? {} : { seccomp }),
    ...(paths.maskedPaths.length === 0 ? {} : { maskedPaths: paths.maskedPaths }),
    ...(paths.readonlyPaths.length === 0 ? {} : { readonlyPaths: paths.readonlyPaths }),
    ...(input.mountLabel === undefined ? {} : { mountLabel: input.mountLabel }),
    ...(create.personality === undefined ? {} : { personality: { domain: create.personality } }),
    ...rdtOf(create.resources?.rdtClass),
  };
}

/** Older runtimes start the container without its class where the kernel has none. @throws failed-precondition */
function rdtOf(closID: string | undefined): Pick<SpecLinux, "intelRdt"> {
  if (closID === undefined) return {};
  if (!existsSync("/sys/fs/resctrl/schemata")) throw new EngineError("failed-precondition", `class of service "${closID}" cannot be used: no resctrl file system is mounted at /sys/fs/resctrl`, { hint: "it needs a processor with Intel RDT, a kernel with resctrl, and root" });
  return { intelRdt: { closID } };
}

async function seccompOf(context: SpecContext): Promise<Seccomp | undefined> {
  const { input, create, host, privileged } = context;
  const wanted = create.security?.seccomp;
  if (wanted === "unconfined" || (privileged && (wanted === undefined || wanted === ""))) return undefined;
  const target = { machine: host.machine, bounding: capabilitiesFor(context, input.record.config.user, privileged).bounding };
  const fromImage = create.security?.seccompPolicy === "image" ? input.record.config.labels["io.containers.seccomp.profile"] : undefined;
  if (fromImage !== undefined) return convertProfile(parseProfile(fromImage, "image"), target);
  const configured = input.config.containers.seccompProfile;
  const path = wanted === undefined || wanted === "" ? configured === "" ? undefined : configured : wanted;
  if (path === "unconfined") return undefined;
  return convertProfile(await loadProfile(path), target);
}

async function addHooks({ input }: SpecContext, spec: Spec): Promise<Spec> {
  const directories = input.hookDirs ?? input.config.engine.hooksDir;
  if (directories.length === 0) return spec;
  const { hooks, precreate } = matchHooks(directories, spec, input.mounts.some((mount) => mount.type === "bind"));
  if (Object.keys(hooks).length > 0) spec.hooks = mergeHooks(spec.hooks ?? {}, hooks);
  return precreate.length === 0 ? spec : runPrecreateHooks(precreate, spec);
}

function mergeHooks(own: Readonly<Record<string, SpecHook[]>>, added: Readonly<Record<string, SpecHook[]>>): Record<string, SpecHook[]> {
  return Object.fromEntries([...new Set([...Object.keys(own), ...Object.keys(added)])].map((stage) => [stage, [...own[stage] ?? [], ...added[stage] ?? []]]));
}
