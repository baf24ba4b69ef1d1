/** The container that holds what a pod shares. Without an image it is catatonit alone, in a root file system of the engine's own. */
import { copyFileSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { shortId } from "../base/ids.ts";
import type { ContainerCreate, NamespaceMode } from "../contract/types/container-create.ts";
import type { PodCreate } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import { needHelper } from "../net/helper-binary.ts";
import type { PodRecord } from "../state/pod-record.ts";

/** `-P`: wait for nothing, reap what is left to it. */
const pauseCommand = ["/catatonit", "-P"];

/** What `createOne` makes of the pod's infra container; its image is pulled when missing. @throws failed-precondition/program-missing without catatonit */
export async function infraSpec(context: EngineContext, pod: PodRecord, infra: ContainerCreate): Promise<ContainerCreate> {
  const { create } = pod;
  const image = infra.image ?? orUndefined(context.config.engine.infraImage);
  if (image !== undefined) await (await import("../image/pull.ts")).pullImages(context, { ref: image, policy: "missing" });
  const entrypoint = infra.entrypoint ?? orUndefined(context.config.engine.infraCommand)?.split(" ");
  const labels = create.labels ?? infra.labels;
  return {
    ...infra, pod: pod.id, name: infra.name ?? `${shortId(pod.id)}-infra`, network: withAlias(infra.network, pod), restart: create.restart ?? { policy: "no" },
    namespaces: { ...infra.namespaces, ...(pod.shared.includes("ipc") ? { ipc: sharedIpc(infra.namespaces?.ipc) } : {}) },
    ...(image === undefined ? { rootfs: { path: rootfsOf(context), overlay: true }, entrypoint: entrypoint ?? pauseCommand } : { image, ...(entrypoint !== undefined && { entrypoint }) }),
    ...(labels === undefined ? {} : { labels }), ...hostnameOf(create, infra, pod),
    ...(pod.cgroupPath === undefined ? {} : { resources: { cgroupParent: pod.cgroupPath } }),
  };
}

const orUndefined = (text: string | undefined): string | undefined => (text === "" ? undefined : text);
const sharedIpc = (asked: NamespaceMode | undefined): NamespaceMode => (asked === undefined || asked.mode === "private" || asked.mode === "default" ? { mode: "shareable" } : asked);

/** The pod's name is its host name, unless that is the host's. */
function hostnameOf(create: PodCreate, { namespaces, network }: ContainerCreate, pod: PodRecord): Pick<ContainerCreate, "hostname"> {
  if (create.hostname !== undefined) return { hostname: create.hostname };
  if (namespaces?.uts?.mode === "host" || network?.mode?.mode === "host" || !pod.shared.includes("uts")) return {};
  return { hostname: pod.name };
}

/** On its networks the pod is found by its name. */
function withAlias(network: ContainerCreate["network"], pod: PodRecord): NonNullable<ContainerCreate["network"]> {
  const networks = network?.networks?.map((attach) => ({ ...attach, aliases: [...attach.aliases ?? [], pod.name] }));
  return { ...network, ...(networks !== undefined && { networks }) };
}

/** One for all pods, each with a layer of its own over it; made again when catatonit changed; renamed into place. */
function rootfsOf(context: EngineContext): string {
  const { engine, paths } = context.config;
  const source = engine.initPath ?? needHelper("catatonit", engine.helperBinariesDir);
  const folder = join(paths.tmpDir, "infra-container");
  const target = join(folder, "catatonit");
  if (existsSync(target) && statSync(target).mtimeMs >= statSync(source).mtimeMs) return folder;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const temporary = `${target}.${process.pid}`;
  copyFileSync(source, temporary);
  renameSync(temporary, target);
  return folder;
}
