import { EngineError } from "../base/errors.ts";
import { top as topContainer } from "../container/top.ts";
import type { TopReport } from "../contract/container/top.ts";
import type { InputOf } from "../contract/kit.ts";
import type { top as operation } from "../contract/pod/top.ts";
import type { EngineContext } from "../engine/context.ts";
import { membersOf, statusOf } from "./members.ts";

/** The processes of all containers that run, container by container; a shared pid namespace is shown once. @throws conflict/container-not-running */
export async function top(context: EngineContext, { ref, descriptors }: InputOf<typeof operation.input>): Promise<TopReport> {
  const pod = context.state().pods.resolve(ref);
  const members = membersOf(context, pod);
  const status = statusOf(members);
  if (status !== "Running" && status !== "Degraded") throw new EngineError("conflict", "pod top can only be used on pods with at least one running container", { reason: "container-not-running" });
  const running = members.filter(({ state }) => state.status === "running");
  const shown = pod.shared.includes("pid") ? running.slice(0, 1) : running;
  const reports = await Promise.all(shown.map(async ({ id }) => topContainer(context, { ref: id, ...(descriptors === undefined ? {} : { descriptors }) })));
  return { Titles: reports[0]?.Titles ?? [], Processes: reports.flatMap(({ Processes }) => Processes) };
}
