/**
 * Brings a container from its record to a process that waits before its first instruction ("initialized"):
 *
 *   netns ── netavark ── hosts, resolv.conf ─────────────┐
 *   mount root ── volumes ── config.json ── conmon ── crun create ─┴→ recorded
 *
 * The runtime only needs the pinned namespace and the files' inodes, so netavark works beside it; the files are filled in
 * place before the start. `preparing` is written first and cleared with the result: whatever a kill in between leaves is found
 * by the next verb on this container and taken apart (teardown.ts).
 */
import { closeSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { PortPublish } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import type { CreatedProcess, CreateProcess } from "../runtime/types.ts";
import type { SpecFiles } from "../runtime/spec/input.ts";
import type { Spec } from "../runtime/spec/types.ts";
import { makeNetns, pinNetnsOf } from "../net/netns.ts";
import { pipe } from "../sys/index.ts";
import type { NetworkStatus } from "../net/types.ts";
import { removeExecSessions } from "./exec-sessions.ts";
import { fillNetworkFiles, makeFiles } from "./files.ts";
import { joinedNamespaces, namespacesOf } from "./namespaces.ts";
import { connectNetwork, heldPortsOf, isConnected, ownsNetns, pinsNetnsLater } from "./network.ts";
import { linkMtab } from "./mtab.ts";
import { notifyVariable, reportsItself } from "./notify.ts";
import { netnsPathOf, pathsOf } from "./paths.ts";
import { noCheckpoint, type ContainerRecord } from "./record.ts";
import { recordFailure } from "./start-failure.ts";
import { emitContainer } from "./sync.ts";
import { hasLeftovers, teardown } from "./teardown.ts";

export interface PrepareOptions {
  /** Seconds that conmon waits before it runs the exit command: a foreground caller cleans up itself meanwhile. */
  readonly exitDelaySeconds?: number;
  /** Called when there is nothing to do but to wait for the runtime. */
  readonly meanwhile?: () => void;
}

/**
 * Initializes. Only with the lock held, for a synced record in state created, stopped or exited. All or nothing.
 * @throws what the store, netavark, conmon or the runtime say
 */
export async function prepare(context: EngineContext, given: ContainerRecord, options: PrepareOptions = {}): Promise<ContainerRecord> {
  const clean = hasLeftovers(given) ? await teardown(context, given, given.state.startedAt === undefined ? "created" : "exited", given.state.preparing === true) : given;
  await removeExecSessions(context, clean);
  const record = context.containers().setState(clean.id, { preparing: true, bootId: context.bootMark() });
  try {
    return await build(context, record, options);
  } catch (error) {
    await teardown(context, record, clean.state.status === "exited" ? "exited" : "created", true).catch(() => { /* tried to its end; the first error is the one to tell, and the next start tries again */ });
    recordFailure(context, record.id, error);
    throw error;
  }
}

async function build(context: EngineContext, record: ContainerRecord, options: PrepareOptions): Promise<ContainerRecord> {
  const files = makeFiles(context, record);
  const netnsPath = ownsNetns(record) ? netnsPathOf(context, record.id) : undefined;
  const isLater = pinsNetnsLater(record);
  if (netnsPath !== undefined && !isLater) await makeNetns(netnsPath);
  const ports = await holdPublished(heldPortsOf(context, record));
  const exit = record.config.network.mode === "slirp4netns" ? pipe() : undefined;
  const creating = createProcess(context, record, files, { ...options, heldFds: exit === undefined ? ports.fds : [...ports.fds, exit.write] });
  const connecting = netnsPath !== undefined && isLater ? creating.then(async ({ pid }) => { await pinNetnsOf(pid, netnsPath); return connect(context, record, exit?.read); }) : connect(context, record, exit?.read);
  // Both to their end, whatever happens to the other: what is still running cannot be taken apart.
  const [network, process] = await Promise.allSettled([connecting, creating]);
  ports.release();
  // The monitor holds the writing end now, or nobody does: then the network's process ends.
  if (exit !== undefined) for (const fd of [exit.read, exit.write]) closeSync(fd);
  if (process.status === "rejected") throw process.reason;
  if (network.status === "rejected") throw network.reason;
  const saved = context.containers().setState(record.id, {
    status: "initialized", pid: process.value.pid, conmonPid: process.value.conmonPid, mountPoint: process.value.rootfs, preparing: undefined,
    netnsPath, networkStatus: network.value, exitCode: undefined, finishedAt: undefined, oomKilled: undefined, error: undefined,
    restartPending: undefined, bootId: context.bootMark(), healthStartup: undefined, healthRestart: undefined, health: undefined, ...noCheckpoint,
  });
  await emitContainer(context, saved, "init");
  return saved;
}

export async function holdPublished(ports: readonly PortPublish[]): Promise<{ readonly fds: readonly number[]; release(): void }> {
  return ports.length === 0 ? { fds: [], release: () => { /* nothing is held */ } } : (await import("../net/hold-ports.ts")).holdPorts(ports);
}

/** Sets the network up and fills the files that tell about it. Gives what `networkStatus` keeps. */
export async function connect(context: EngineContext, record: ContainerRecord, exitFd?: number): Promise<Readonly<Record<string, NetworkStatus>> | undefined> {
  const connected = await connectNetwork(context, record, exitFd);
  await fillNetworkFiles(context, record, connected);
  return isConnected(record) ? connected.status : undefined;
}

interface Created extends CreatedProcess { readonly rootfs: string }

async function createProcess(context: EngineContext, record: ContainerRecord, files: SpecFiles, options: PrepareOptions & { readonly heldFds: readonly number[] }): Promise<Created> {
  const runtime = await context.runtime(record.config.ociRuntime);
  const making = makeSpec(context, record, files);
  const spec = making.then((made) => made.spec);
  try {
    const created = await runtime.create({ ...requestOf(context, record, options), spec });
    const { pidFile, conmonPidFile } = record.config.create;
    if (pidFile !== undefined) writeFileSync(pidFile, String(created.pid));
    if (conmonPidFile !== undefined) writeFileSync(conmonPidFile, String(created.conmonPid));
    return { ...created, rootfs: (await making).rootfs };
  } catch (error) {
    // What is still being mounted cannot be taken apart.
    await spec.catch(() => undefined);
    throw error;
  }
}

/** Mounts what the container is made of, and describes it. */
export async function makeSpec(context: EngineContext, record: ContainerRecord, files: SpecFiles): Promise<{ readonly spec: Spec; readonly rootfs: string }> {
  const [rootfs, { generateSpec }, { mountsOf }] = await Promise.all([mountRoot(context, record), import("../runtime/spec/generate.ts"), import("./start-mounts.ts")]);
  linkMtab(record, rootfs);
  const mounts = await mountsOf(context, record, rootfs);
  const init = await initBinary(context, record);
  const spec = await generateSpec({
    record, config: context.config, rootfs, mounts, files, namespaces: namespacesOf(context, record, joinedNamespaces(context, record)), ...(init === undefined ? {} : { initBinary: init }),
    ...(reportsItself(record) ? { extraEnv: notifyVariable } : {}),
    ...(record.config.create.secretEnv === undefined ? {} : { secretEnv: await (await import("../secret/for-container.ts")).secretEnvironment(context, record) }),
  });
  return { spec: (await import("./oom-score.ts")).clampOomScore(context, spec), rootfs };
}

export function requestOf(context: EngineContext, record: ContainerRecord, options: PrepareOptions & { readonly heldFds: readonly number[] }): Omit<CreateProcess, "spec"> {
  const { create } = record.config;
  return {
    id: record.id, name: record.name, paths: pathsOf(context, record), terminal: record.config.terminal, stdin: record.config.stdin,
    logDriver: record.config.logDriver, systemdCgroup: record.config.cgroupManager === "systemd", exitCommand: exitCommandOf(context, record), environment: {}, heldFds: options.heldFds,
    ...(create.log?.maxSizeBytes === undefined ? {} : { logSizeMaxBytes: create.log.maxSizeBytes }),
    ...(create.log?.tag === undefined ? {} : { logTag: create.log.tag }),
    ...(create.remove === true ? { syncLog: false } : {}),
    ...(create.timeoutSeconds === undefined ? {} : { timeoutSeconds: create.timeoutSeconds }),
    ...(create.preserveFds === undefined ? {} : { preserveFds: create.preserveFds }),
    ...(create.preserveFd === undefined ? {} : { preserveFd: create.preserveFd }),
    ...(reportsItself(record) && record.config.notifySocket !== undefined ? { sdnotifySocket: record.config.notifySocket } : {}),
    ...(create.resources?.cgroups === "disabled" ? { noCgroups: true } : {}),
    ...(options.meanwhile === undefined ? {} : { meanwhile: options.meanwhile }),
    ...(options.exitDelaySeconds === undefined ? {} : { exitDelaySeconds: options.exitDelaySeconds }),
    ...conmonCgroupOf(context, record),
  };
}

/** --init: the given one, the configured one, catatonit. @throws failed-precondition/program-missing */
async function initBinary(context: EngineContext, { config }: ContainerRecord): Promise<string | undefined> {
  const { containers, engine } = context.config;
  if (!(config.create.init ?? containers.init)) return undefined;
  const configured = config.create.initPath ?? containers.initPath ?? engine.initPath;
  if (configured !== undefined && configured !== "") {
    if (!existsSync(configured)) throw new EngineError("not-found", `container-init binary not found on the host: faccessat ${configured}: no such file or directory`);
    return configured;
  }
  return (await import("../net/helper-binary.ts")).needHelper("catatonit", engine.helperBinariesDir);
}

async function mountRoot(context: EngineContext, record: ContainerRecord): Promise<string> {
  const { rootfs } = record.config.create;
  if (rootfs !== undefined) return (await import("./rootfs.ts")).mountRootfs(record, rootfs);
  return (await context.store()).mountContainer(record.id);
}

/** What conmon starts when the process has ended. */
function exitCommandOf(context: EngineContext, { id, config }: ContainerRecord): readonly string[] {
  const { remove, removeImage } = config.create;
  return [...context.selfCommand, "container", "cleanup", "--stopped-only", ...(remove === true ? ["--rm"] : []), ...(removeImage === true ? ["--rmi"] : []), id];
}

/** Where Podman puts conmon, so that the container's own limits do not hit it. */
export function conmonCgroupOf(context: EngineContext, { config }: ContainerRecord): { conmonCgroup?: string } {
  const { resources } = config.create;
  if ((resources?.cgroups ?? context.config.containers.cgroups) !== "enabled" || (context.config.rootless && config.cgroupManager === "cgroupfs")) return {};
  if (config.cgroupManager === "systemd") return { conmonCgroup: resources?.cgroupParent ?? (context.config.rootless ? "user.slice" : "machine.slice") };
  return { conmonCgroup: join(resources?.cgroupParent ?? "/libpod_parent", "conmon") };
}

