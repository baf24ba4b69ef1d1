import { EngineError } from "../base/errors.ts";
import { namePattern, nameRule, newId } from "../base/ids.ts";
import { withUndo } from "../base/undo.ts";
import type { InputOf } from "../contract/kit.ts";
import type { create as operation } from "../contract/pod/create.ts";
import type { PodCreate, PodCreateReport, PodNamespace } from "../contract/types/pod.ts";
import { createOne } from "../container/create.ts";
import { randomName } from "../container/names.ts";
import type { EngineContext } from "../engine/context.ts";
import { forgetLock } from "../state/lock.ts";
import { podRecordVersion, type PodRecord } from "../state/pod-record.ts";
import { cgroupOf, limitCgroup, removeCgroup } from "./cgroup.ts";
import { emitPod } from "./emit.ts";
import { infraSpec } from "./infra.ts";

/**
 * Makes a pod, with its infra container unless none is asked for. Atomic: pod and infra container appear in one transaction; a kill
 * before leaves a reserved container name, which the next create takes away.
 * @throws conflict/name-in-use, invalid-argument, not-found/no-such-image for the infra image
 */
export async function create(context: EngineContext, { spec }: InputOf<typeof operation.input>): Promise<PodCreateReport> {
  const pod = recordOf(context, spec);
  const { pods } = context.state();
  if (pods.isNameTaken(pod.name)) throw nameTaken(context, pod.name);
  using _lock = await context.lock("pod", pod.id);
  const made = await withUndo(async (undo) => {
    undo(() => { forgetLock(context.config.paths.lockDir, "pod", pod.id); });
    undo(async () => removeCgroup(context, pod));
    await limitCgroup(context, pod);
    return insert(context, pod, spec);
  });
  await emitPod(context, made, "create");
  return { Id: made.id };
}

async function insert(context: EngineContext, pod: PodRecord, { infra }: PodCreate): Promise<PodRecord> {
  const state = context.state();
  if (infra === undefined) { state.pods.insert(pod); return pod; }
  let made = pod;
  await createOne(context, await infraSpec(context, pod, infra), (record) => {
    made = { ...pod, infraId: record.id };
    state.atomically(() => { state.pods.insert(made); state.containers.insert(record); });
  }, { isInfra: true });
  return made;
}

function nameTaken(context: EngineContext, name: string): EngineError {
  const isPod = context.state().pods.list().some((pod) => pod.name === name);
  return new EngineError("conflict", `adding pod to state: name "${name}" is in use: ${isPod ? "pod" : "container"} already exists`, { reason: "name-in-use" });
}

function recordOf(context: EngineContext, spec: PodCreate): PodRecord {
  const id = newId();
  const { pods } = context.state();
  if (spec.name !== undefined && spec.name !== "" && !namePattern.test(spec.name)) throw new EngineError("invalid-argument", nameRule);
  const name = spec.name === undefined || spec.name === "" ? randomName((candidate) => pods.isNameTaken(candidate)) : spec.name;
  const shared = sharedOf(spec);
  const isParent = spec.shareParent ?? true;
  if (shared.includes("cgroup") && isParent) throw new EngineError("invalid-argument", "cannot define the pod as the cgroup parent at the same time as joining the infra container's cgroupNS: invalid argument");
  const { parent, path } = cgroupOf(context, id, spec.cgroupParent, isParent);
  const { podExitPolicy, cgroupManager } = context.config.engine;
  return {
    version: podRecordVersion, id, name, createdAt: new Date().toISOString(), create: spec, shared, exitPolicy: spec.exitPolicy ?? (podExitPolicy === "stop" ? "stop" : "continue"),
    cgroupManager, cgroupParent: parent, ...(path === undefined ? {} : { cgroupPath: path }),
  };
}

const namespaces: readonly PodNamespace[] = ["ipc", "net", "uts", "pid", "user", "cgroup"];
const isNamespace = (word: string): word is PodNamespace => namespaces.some((name) => name === word);

/** Podman's default is ipc, net and uts. The host's network is nobody's to share. @throws invalid-argument */
function sharedOf({ share, infra }: PodCreate): readonly PodNamespace[] {
  if (infra === undefined) return [];
  const words = new Set(share ?? ["ipc", "net", "uts"]);
  const wrong = [...words].find((word) => !isNamespace(word) && word !== "none" && word !== "");
  if (wrong !== undefined) throw new EngineError("invalid-argument", `invalid kernel namespace to share: ${wrong}. Options are: cgroup, ipc, net, pid, uts or none`);
  if (words.has("none")) return [];
  return namespaces.filter((name) => words.has(name) && (name !== "net" || infra.network?.mode?.mode !== "host"));
}
