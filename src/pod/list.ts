import type { ContainerRecord } from "../container/record.ts";
import type { InputOf } from "../contract/kit.ts";
import type { list as operation } from "../contract/pod/list.ts";
import type { ListPod } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import type { PodRecord } from "../state/pod-record.ts";
import { podFilter } from "./filter.ts";
import { membersOf, statusOf } from "./members.ts";

/** Newest first. No locks. @throws invalid-argument for a wrong filter */
export async function list(context: EngineContext, { filters }: InputOf<typeof operation.input>): Promise<readonly ListPod[]> {
  const matches = await podFilter(context, filters ?? {});
  return context.state().pods.list().toReversed()
    .map((pod) => ({ pod, members: membersOf(context, pod) })).filter(matches)
    .map(({ pod, members }) => toRow(pod, members));
}

function toRow(pod: PodRecord, members: readonly ContainerRecord[]): ListPod {
  const infra = members.find(({ id }) => id === pod.infraId);
  return {
    Cgroup: pod.cgroupParent, Created: pod.createdAt, Id: pod.id, InfraId: pod.infraId ?? "", Name: pod.name, Namespace: "",
    Containers: members.map(({ id, name, state }) => ({ Id: id, Names: name, Status: state.status, RestartCount: state.restartCount ?? 0 })),
    Networks: infra?.config.network.networks.map(({ name }) => name) ?? [], Status: statusOf(members), Labels: pod.create.labels ?? {},
  };
}
