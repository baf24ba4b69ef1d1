/** `podman pod create`, and `--pod new:NAME` of `run` and `create`. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { within } from "../../base/errors.ts";
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import type { PodCreate } from "../../contract/types/pod.ts";
import { exitPolicyOf } from "../../contract/pod/create.wire.ts";
import { parseEntrypoint } from "../../formats/create/process.ts";
import type { CommandContext, Flags, ValuesOf } from "../kit/types.ts";
import type { infraFlags, podFlags } from "./flags-pod.ts";
import { createFlags, dropUndefined, toContainerCreate, usage, type CreateFlags } from "./index.ts";

export type PodFlags = ValuesOf<typeof infraFlags> & ValuesOf<typeof podFlags>;

/** Creates the pod and returns its id. @throws every error of pull and create; nothing stays behind then */
export async function createPod(context: CommandContext, args: readonly string[], flags: PodFlags): Promise<string> {
  const spec = await toPodCreate(context, args, flags);
  const engine = await context.engine();
  if (flags.replace) {
    if (spec.name === undefined) throw usage("cannot replace pod without --name being set");
    await engine.pod.remove({ ref: spec.name, force: true, ignore: true });
  }
  const { Id: id } = await engine.pod.create({ spec }, { signal: context.signal });
  if (flags.podIdFile !== undefined) writeIdFile(flags.podIdFile, id);
  return id;
}

/** What the flags ask for. @throws invalid-argument */
export async function toPodCreate(context: CommandContext, args: readonly string[], flags: PodFlags): Promise<PodCreate> {
  if (args.length > 0 && flags.name !== undefined) throw usage("cannot specify --name and NAME at the same time");
  const hasInfra = flags.infra && (context.changed("infra") || (flags.share !== "none" && flags.share !== ""));
  if (!hasInfra) refuseWithoutInfra(context, flags);
  const container = await toContainerCreate(context, [], { ...defaultsOf(createFlags) as CreateFlags, ...flags, name: undefined, podIdFile: undefined });
  const { labels, hostname, restart, createCommand, resources: { cgroupParent, ...resources } = {}, ...rest } = container;
  return dropUndefined<PodCreate>({
    name: args[0] ?? flags.name, hostname, labels, restart, createCommand, cgroupParent, resources: Object.keys(resources).length === 0 ? undefined : resources,
    exitPolicy: context.changed("exit-policy") ? exitPolicyOf(flags.exitPolicy) : undefined,
    share: hasInfra && context.changed("share") ? shareOf(flags.share) : undefined, shareParent: flags.shareParent ? undefined : false,
    infra: hasInfra ? infraOf(rest, flags) : undefined,
  });
}

function infraOf({ image: _image, ...rest }: ContainerCreate, flags: PodFlags): ContainerCreate {
  return {
    ...rest,
    ...dropUndefined<Partial<ContainerCreate>>({
      name: flags.infraName, image: flags.infraImage === "" ? undefined : flags.infraImage, entrypoint: flags.infraCommand === undefined ? undefined : parseEntrypoint(flags.infraCommand),
      conmonPidFile: flags.infraConmonPidfile && resolve(flags.infraConmonPidfile),
    }),
  };
}

/** `+pid` is the default and pid. */
function shareOf(text: string): readonly string[] {
  return text.startsWith("+") ? ["ipc", "net", "uts", ...text.slice(1).split(",")] : text.split(",");
}

function refuseWithoutInfra(context: CommandContext, flags: PodFlags): void {
  if (context.changed("no-hosts")) throw usage("cannot specify --no-hosts without an infra container");
  if (flags.infraName !== undefined) throw usage("cannot set infra-name without an infra container");
  if (context.changed("share") && flags.share !== "none" && flags.share !== "") throw usage(`cannot set share(${flags.share}) namespaces without an infra container`);
  if ((flags.publish ?? []).length > 0) throw usage("you must have an infra container to publish port bindings to the host");
}

/** Flags as they are when none is typed. */
export function defaultsOf(flags: Flags): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(flags).flatMap(([key, flag]) => (flag.default === undefined ? [] : [[key, flag.default]])));
}

function writeIdFile(path: string, id: string): void {
  try { writeFileSync(path, id, { mode: 0o644 }); } catch (error) { throw within(`failed to write pod ID to file ${path}`, error); }
}

/**
 * `--pod new:NAME` makes the pod that the container is put into; its network flags and user namespace are the pod's then. The undo removes
 * a pod whose container could not be made.
 */
export async function withNewPod(context: CommandContext, spec: ContainerCreate): Promise<{ readonly spec: ContainerCreate; readonly undo: () => Promise<void> }> {
  const name = spec.pod?.startsWith("new:") === true ? spec.pod.slice("new:".length) : undefined;
  if (name === undefined) return { spec, undo: async () => Promise.resolve() };
  if (name === "") throw usage("new pod name must be at least one character");
  const engine = await context.engine();
  const { network, namespaces: { user, uidMaps, gidMaps, ...namespaces } = {}, hostname, ...rest } = spec;
  const infra = dropUndefined<ContainerCreate>({ network, namespaces: dropUndefined({ user, uidMaps, gidMaps }) });
  const { Id } = await engine.pod.create({ spec: dropUndefined<PodCreate>({ name, hostname, restart: spec.restart, createCommand: spec.createCommand, infra }) }, { signal: context.signal });
  return { spec: { ...rest, namespaces, pod: Id }, undo: async () => { await engine.pod.remove({ ref: Id, force: true, ignore: true }); } };
}
