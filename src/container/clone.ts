import { EngineError } from "../base/errors.ts";
import { withUndo } from "../base/undo.ts";
import type { InputOf } from "../contract/kit.ts";
import type { clone as operation } from "../contract/container/clone.ts";
import type { ContainerCreate, NamespacesCreate } from "../contract/types/container-create.ts";
import type { PodNamespace } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import { create } from "./create.ts";
import { remove } from "./remove.ts";
import { clonedName, mergeResources, specOf } from "./spec-of.ts";
import { start } from "./start.ts";

type Input = InputOf<typeof operation.input>;

/** @throws not-found, conflict/name-in-use, conflict/container-state for an original that runs and is to be removed without force */
export async function clone(context: EngineContext, input: Input): Promise<string> {
  if (input.force === true && input.destroy !== true) throw new EngineError("invalid-argument", "cannot set --force without --destroy: invalid argument");
  const original = context.containers().resolve(input.ref);
  const name = input.name ?? clonedName(original.name, (one) => context.containers().isNameTaken(one));
  const spec = { ...withImage(withPod(context, specOf(original), input.pod), input.image), name };
  const resources = mergeResources(spec.resources, input.resources ?? {});
  const id = await withUndo(async (undo) => {
    const { Id, Warnings } = await create(context, { spec: Object.keys(resources).length === 0 ? spec : { ...spec, resources } });
    undo(async () => { await remove(context, { ref: Id, force: true }); });
    for (const warning of Warnings) context.warn(warning);
    if (input.destroy === true) await remove(context, { ref: original.id, ...(input.force === undefined ? {} : { force: input.force }) });
    return Id;
  });
  if (input.run === true) await start(context, { ref: id });
  return id;
}

function withImage(spec: ContainerCreate, image: string | undefined): ContainerCreate {
  if (image === undefined || image === "") return spec;
  const { imageId: _imageId, rootfs: _rootfs, ...rest } = spec;
  return { ...rest, image };
}

/** What the pod shares is the pod's; what the container had instead is given up with a warning. */
function withPod(context: EngineContext, spec: ContainerCreate, ref: string | undefined): ContainerCreate {
  if (ref === undefined || ref === "") return spec;
  const pod = context.state().pods.resolve(ref);
  const shares = (kind: PodNamespace): boolean => pod.shared.includes(kind);
  const namespaces: Record<string, unknown> = { ...spec.namespaces };
  const reset = (["pid", "ipc", "uts", "cgroup"] as const).filter((kind) => shares(kind) && namespaces[kind] !== undefined);
  for (const kind of reset) delete namespaces[kind];
  if (shares("net")) context.warn("resetting network config, cannot specify a network other than the pod's when sharing the net namespace");
  if (reset.length > 0 || shares("net")) context.warn("At least one namespace was reset to the default configuration");
  const { network, hostname, ...rest } = spec;
  const { networks: _networks, ports: _ports, mode: _mode, addHosts: _addHosts, ...own } = network ?? {};
  return {
    ...rest, pod: pod.id, namespaces: namespaces as NamespacesCreate,
    ...(shares("net") ? { network: own } : network === undefined ? {} : { network }), ...(shares("uts") || hostname === undefined ? {} : { hostname }),
  };
}
