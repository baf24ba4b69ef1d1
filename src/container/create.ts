/**
 * Makes a container. Order of writes, and what a kill after each leaves:
 *
 *   1. its lock file is held; its name and id are reserved in the database   → the next create finds a reservation whose lock
 *   2. the writable layer in the store, its directories                        is free and removes all of 1–3 (recover.ts)
 *   3. named volumes                                                         → stay as unused volumes; anonymous ones are removed
 *   4. one transaction: the row is inserted, the reservation becomes a name  → the container exists
 */
import { EngineError, isEngineError, within } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import { withUndo, type Undo } from "../base/undo.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { InputOf } from "../contract/kit.ts";
import type { create as operation, ContainerCreateReport } from "../contract/container/create.ts";
import type { ContainerCreate } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import { forgetLock } from "../state/lock.ts";
import type { ResolvedMount } from "../runtime/spec/input.ts";
import { hostId } from "./host-id.ts";
import { checkName, randomName } from "./names.ts";
import { checkNotify, notifySocketOf } from "./notify.ts";
import { recordVersion, type ContainerConfig, type ContainerRecord } from "./record.ts";
import { recoverUnfinished } from "./recover.ts";
import { resolveHostname, resolveLog, resolveUlimits } from "./resolve-host.ts";
import { resolveImage, type BaseImage } from "./resolve-image.ts";
import { resolveMounts } from "./resolve-mounts.ts";
import { resolveExpose, resolveNetwork } from "./resolve-network.ts";
import { isSystemd, resolveCommand, resolveEnv, resolveHealth, resolveStopSignal } from "./resolve-process.ts";
import { emitContainer } from "./sync.ts";
import { resolveUserns, usernsMode, type ResolvedUserns } from "./userns.ts";
import { validate } from "./validate.ts";

/**
 * Creates a container; the image must be in the store. Atomic.
 * @throws not-found/no-such-image, conflict/name-in-use, invalid-argument
 */
export async function create(context: EngineContext, { spec: asked }: InputOf<typeof operation.input>): Promise<ContainerCreateReport> {
  validate(asked);
  const spec = mentionsPod(asked) ? (await import("./join-pod.ts")).joinPod(context, asked) : asked;
  // A pod that is being removed takes no container any more: whoever waits here finds no pod.
  using _pod = spec.pod === undefined ? undefined : await context.lock("pod", spec.pod, "read");
  if (spec.pod !== undefined) context.state().pods.resolve(spec.pod);
  return await createOne(context, spec, (record) => { context.containers().insert(record); });
}

function mentionsPod({ pod, namespaces = {}, network }: ContainerCreate): boolean {
  const { pid, ipc, uts, user, cgroup } = namespaces;
  return pod !== undefined || [pid, ipc, uts, user, cgroup, network?.mode].some((mode) => mode?.mode === "pod");
}

/** What is not to be made up: of a pod's infra container, and of one that existed before, elsewhere. */
export interface GivenParts { readonly isInfra?: boolean; readonly id?: string; readonly adopt?: (resolved: ContainerConfig, id: string) => ContainerConfig }

/**
 * Creates what `spec` says, without asking for a pod. `insert` makes it exist, alone or together with what belongs to it (a pod and its
 * infra container: one transaction); what it throws undoes everything.
 */
export async function createOne(context: EngineContext, asked: ContainerCreate, insert: (record: ContainerRecord) => void, given: GivenParts = {}): Promise<ContainerCreateReport> {
  const spec = usesSecrets(asked) ? (await import("../secret/for-container.ts")).resolveSecrets(context, asked) : asked;
  const image = await resolveImage(context, spec);
  await recoverUnfinished(context);
  const { id = newId() } = given;
  using _lock = await context.lock("container", id);
  if (context.containers().get(id) !== undefined) throw new EngineError("conflict", `adding container ${id} to state: container already exists`);
  const record = await withUndo(async (undo) => {
    undo(() => { forgetLock(context.config.paths.lockDir, "container", id); });
    const built = await build(context, spec, image, { ...given, id }, undo);
    insert(built);
    return built;
  });
  await emitContainer(context, record, "create", context.config.engine.eventsContainerCreateInspectData ? { inspectData: await inspectData(context, id) } : {});
  return { Id: id, Warnings: warningsOf(context, spec, record) };
}

async function inspectData(context: EngineContext, id: string): Promise<string> {
  const { inspect } = await import("./inspect.ts");
  return JSON.stringify(await inspect(context, { ref: id, size: true }));
}

/** What was asked for and cannot be had; the container is made all the same. */
function warningsOf(context: EngineContext, { network, resources }: ContainerCreate, { config }: ContainerRecord): readonly string[] {
  const { mode } = config.network;
  const isDiscarded = ((network?.ports ?? []).length > 0 || network?.publishAll === true) && ["host", "none", "container", "ns"].includes(mode);
  const isUnlimited = context.config.rootless && limitsOf(resources).length > 0 && !existsSync("/sys/fs/cgroup/cgroup.controllers");
  return [...(isUnlimited ? ["Resource limits are not supported and ignored on cgroups V1 rootless systems"] : []), ...(isDiscarded ? [`Port mappings have been discarded because "${mode}" network namespace mode does not support them`] : [])];
}

/** Those that a cgroup sets. */
const limitsOf = ({ ulimits: _ulimits, oomScoreAdj: _score, cgroupParent: _parent, cgroups: _mode, rdtClass: _class, ...limits }: NonNullable<ContainerCreate["resources"]> = {}): readonly string[] => Object.keys(limits);

async function build(context: EngineContext, spec: ContainerCreate, image: BaseImage | undefined, { id, isInfra = false, adopt }: GivenParts & { readonly id: string }, undo: Undo): Promise<ContainerRecord> {
  const table = context.containers();
  const name = reserveName(context, spec, id);
  undo(() => { table.remove(id); });
  const userns = await resolveUserns(context, spec);
  const resolved = await resolveConfig(context, spec, image, { id, name, userns });
  const config: ContainerConfig = { ...adopt?.(resolved, id) ?? resolved, ...(isInfra ? { isInfra, user: "" } : {}) };
  await checkStart(context, id, name, config);
  const store = await context.store();
  undo(async () => store.removeContainer(id));
  const { uidMaps, gidMaps } = await store.createContainer({
    id, name, ...(image === undefined ? {} : { imageId: image.id }),
    metadata: JSON.stringify({ "image-name": config.imageName ?? "", "image-id": config.imageId ?? "", name, "created-at": Math.floor(Date.parse(config.createdAt) / 1000) }),
    ...(spec.storage?.storageOptions === undefined ? {} : { storageOptions: spec.storage.storageOptions }),
    ...(userns.autoMaps === undefined ? storedMaps(config) : { autoMaps: userns.autoMaps }),
    ...(context.config.storage.transient || spec.remove === true ? { volatile: true } : {}),
  }).catch((error: unknown) => { throw refusedName(error); });
  const staticDir = store.containerDirectory(id);
  const log = resolveLog(context, spec, staticDir);
  const maps = userns.autoMaps === undefined ? {} : { uidMaps, gidMaps };
  if (config.volumes.length > 0) {
    const owner = { uid: hostId(maps.uidMaps ?? config.uidMaps, 0) ?? 0, gid: hostId(maps.gidMaps ?? config.gidMaps, 0) ?? 0 };
    await (await import("../volume/for-container.ts")).createVolumesFor(context, config.volumes, owner, undo);
  }
  const record: ContainerRecord = { id, name, config: { ...config, ...maps, staticDir, runDir: store.containerRunDirectory(id), ...log }, state: { status: "created" } };
  if (usesSecrets(spec)) await (await import("../secret/for-container.ts")).copySecrets(context, record);
  return record;
}

/** Files keep their owners where every id is itself. */
function storedMaps({ uidMaps, gidMaps }: ContainerConfig): { readonly uidMaps?: ContainerConfig["uidMaps"]; readonly gidMaps?: ContainerConfig["gidMaps"] } {
  return [...uidMaps, ...gidMaps].every(({ containerId, hostId }) => containerId === hostId) ? {} : { uidMaps, gidMaps };
}

/** A name that another tool's container (Buildah's) has in the storage. */
function refusedName(error: unknown): unknown {
  if (!isEngineError(error, "name-in-use")) return error;
  return new EngineError("conflict", `creating container storage: ${error.message} by an external entity, or use --replace to instruct Podman to do so.`, { reason: "name-in-use", cause: error });
}

const usesSecrets = ({ secrets, secretEnv }: ContainerCreate): boolean => secrets !== undefined || secretEnv !== undefined;

/** What no start could do is refused now. */
async function checkStart(context: EngineContext, id: string, name: string, config: ContainerConfig): Promise<void> {
  const [{ checkCreate }, { namespacesOf }] = await Promise.all([import("../runtime/spec/check.ts"), import("./namespaces.ts")]);
  const mounts = (config.mounts ?? []).flatMap(({ type, source, destination, options = [] }): ResolvedMount[] =>
    (type === "bind" || type === "tmpfs" ? [{ type, destination, options, ...(source === undefined ? {} : { source }) }] : []));
  const namespaces = namespacesOf(context, { id, name, config, state: { status: "created" } }, new Map());
  await checkCreate({ create: config.create, config: context.config, namespaces, mounts });
}

/** A given name, or a random one that is still free. */
function reserveName(context: EngineContext, spec: ContainerCreate, id: string): string {
  const table = context.containers();
  // Docker's names begin with a slash.
  const given = spec.name?.replace(/^\//, "") ?? "";
  if (given !== "") {
    checkName(given);
    table.reserve(id, given);
    return given;
  }
  const name = randomName((candidate) => table.isNameTaken(candidate));
  table.reserve(id, name);
  return name;
}

async function resolveConfig(context: EngineContext, spec: ContainerCreate, image: BaseImage | undefined, { id, name, userns }: { readonly id: string; readonly name: string; readonly userns: ResolvedUserns }): Promise<ContainerConfig> {
  const { containers, engine } = context.config;
  const defaults = image?.defaults;
  const expose = resolveExpose(spec, defaults);
  const health = resolveHealth(spec, defaults);
  checkNotify(spec, health !== undefined);
  const notifySocket = notifySocketOf(context, spec);
  const network = await resolveNetwork(context, spec, id, expose);
  const user = usernsMode(context, spec);
  const namespaces = resolveJoined(context, user === undefined ? spec : { ...spec, namespaces: { ...spec.namespaces, user } });
  const settled: ContainerCreate = { ...spec, ...securityOf(context, spec), ...(namespaces === undefined ? {} : { namespaces }) };
  const process = resolveCommand(spec, defaults);
  const systemd = isSystemd(spec, process.command);
  const dependencies = dependenciesOf(context, settled, network.mode === "container" ? network.value : undefined);
  return {
    version: recordVersion, create: settled, createdAt: new Date().toISOString(),
    ...(image === undefined ? {} : { imageId: image.id, imageName: image.name }),
    ...(spec.pod === undefined ? {} : { pod: spec.pod }),
    ...process, ...(systemd ? { systemd } : {}), ...(notifySocket === undefined ? {} : { notifySocket }),
    env: resolveEnv(context, spec, defaults), workdir: spec.workdir ?? orElse(defaults?.WorkingDir, "/"), user: orElse(spec.user ?? defaults?.User, userns.user ?? ""),
    labels: { ...defaults?.Labels, ...spec.labels },
    annotations: { ...Object.fromEntries(containers.annotations.map((line) => [line.split("=")[0] ?? "", line.split("=").slice(1).join("=")])), ...spec.annotations },
    stopSignal: resolveStopSignal(spec, defaults, systemd), stopTimeoutSeconds: spec.stopTimeoutSeconds ?? engine.stopTimeoutSeconds,
    terminal: spec.terminal ?? false, stdin: spec.stdin ?? false, hostname: resolveHostname(context, spec, id, name, network),
    ociRuntime: spec.ociRuntime ?? engine.runtime, cgroupManager: engine.cgroupManager, logDriver: "", logPath: "",
    network, ...resolveMounts(context, settled, defaults), dependencies, expose, ...(health === undefined ? {} : { health }),
    ulimits: resolveUlimits(context, spec), uidMaps: userns.uidMaps, gidMaps: userns.gidMaps, staticDir: join(context.config.storage.graphRoot, id), runDir: "",
  };
}

/** What the configuration of this moment decides stays decided, whatever it says later. */
function securityOf({ config: { containers } }: EngineContext, { security }: ContainerCreate): Pick<ContainerCreate, "security"> {
  const configured = { ...(containers.privileged === true ? { privileged: true } : {}), ...(containers.readOnly === true ? { readOnly: true } : {}) };
  return Object.keys(configured).length === 0 ? {} : { security: { ...configured, ...security } };
}

const orElse = (value: string | undefined, fallback: string): string => (value === undefined || value === "" ? fallback : value);

/** `container:web` becomes `container:<id>`: names change. */
function resolveJoined(context: EngineContext, { namespaces }: ContainerCreate): ContainerCreate["namespaces"] {
  if (namespaces === undefined) return undefined;
  const settle = <T>(kind: string, mode: T): T => {
    if (typeof mode !== "object" || mode === null || !("mode" in mode) || mode.mode !== "container" || !("value" in mode) || typeof mode.value !== "string") return mode;
    return { ...mode, value: sharedWith(context, kind, mode.value) };
  };
  if (namespaces.ipc?.mode === "container") mustShareIpc(context, namespaces.ipc.value ?? "");
  return Object.fromEntries(Object.entries(namespaces).map(([kind, mode]) => [kind, settle(kind, mode)]));
}

function sharedWith(context: EngineContext, kind: string, ref: string): string {
  try { return context.containers().resolve(ref).id; } catch (error) { throw within(`looking up container to share ${kind} namespace with`, error); }
}

/** @throws invalid-argument for a container whose /dev/shm is its own */
function mustShareIpc(context: EngineContext, ref: string): void {
  const id = sharedWith(context, "ipc", ref);
  const { config } = context.containers().resolve(id);
  if ((config.create.namespaces?.ipc?.mode ?? context.config.containers.ipcns) !== "private") return;
  throw new EngineError("invalid-argument", `joining IPC of container ${id} is not allowed: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`);
}

function dependency(context: EngineContext, ref: string): string {
  try { return context.containers().resolve(ref).id; } catch (error) { throw within(`${JSON.stringify(ref)} is not a valid container, cannot be used as a dependency`, error); }
}

function dependenciesOf(context: EngineContext, spec: ContainerCreate, network: string | undefined): readonly string[] {
  const joined = Object.values(spec.namespaces ?? {}).flatMap((mode: unknown) => (typeof mode === "object" && mode !== null && "mode" in mode && mode.mode === "container" && "value" in mode && typeof mode.value === "string" ? [mode.value] : []));
  const required = (spec.dependencies ?? []).map((ref) => dependency(context, ref));
  return [...new Set([...required, ...joined, ...(network === undefined ? [] : [network])])];
}
