/** `podman pod ps`. */
import { shortId } from "../../base/ids.ts";
import type { ListPod } from "../../contract/types/pod.ts";
import { humanDuration } from "../../formats/go/human.ts";
import { usage } from "../flag-values.ts";
import type { CommandContext } from "../kit/types.ts";
import { renderList, type Column } from "../render.ts";
import { parseFilters } from "../targets.ts";

interface Flags {
  readonly ctrIds: boolean; readonly ctrNames: boolean; readonly ctrStatus: boolean; readonly filter: readonly string[] | undefined; readonly format: string | undefined;
  readonly latest: boolean; readonly noTrunc: boolean; readonly noheading: boolean; readonly ns: boolean; readonly quiet: boolean; readonly sort: string;
}

export async function listPods(context: CommandContext, flags: Flags): Promise<void> {
  if (flags.quiet && flags.format !== undefined) throw usage("quiet and format cannot be used together");
  const order = orders[flags.sort];
  if (order === undefined) throw usage("invalid option for --sort, options are: created, id, name, number, or status");
  const filters = parseFilters(flags.filter ?? []);
  const found = await (await context.engine()).pod.list(Object.keys(filters).length > 0 ? { filters } : {});
  const pods = [...flags.latest ? found.slice(0, 1) : found].sort(order);
  if (flags.quiet) {
    for (const { Id } of pods) await context.out.write(`${Id}\n`);
    return;
  }
  const now = Date.now();
  await renderList(context, pods.map((pod) => new PodRow(pod, flags.noTrunc, now)), {
    name: "ps", format: flags.format, noHeading: flags.noheading, json: () => pods, jsonIndent: 2, columns: columnsOf(flags), headers,
  });
}

const text = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
const orders: Readonly<Record<string, (left: ListPod, right: ListPod) => number>> = {
  created: (left, right) => -text(left.Created, right.Created),
  id: (left, right) => text(left.Id, right.Id),
  name: (left, right) => text(left.Name, right.Name),
  number: (left, right) => left.Containers.length - right.Containers.length,
  status: (left, right) => text(left.Status, right.Status),
};

const headers = {
  Id: "pod id", ID: "pod id", Name: "name", Status: "status", Labels: "labels", NumberOfContainers: "# of containers", Created: "created", InfraID: "infra id", InfraId: "infra id",
  ContainerIds: "ids", ContainerNames: "names", ContainerStatuses: "status", Cgroup: "cgroup", Namespace: "namespaces", Restarts: "restarts", Networks: "networks",
} as const;

function columnsOf({ ctrIds, ctrNames, ctrStatus, ns }: Flags): readonly Column<PodRow>[] {
  const column = (header: string, cell: (row: PodRow) => string): Column<PodRow> => ({ header, cell });
  const details = [
    ...(ctrIds ? [column("IDS", (row) => row.ContainerIds)] : []), ...(ctrNames ? [column("NAMES", (row) => row.ContainerNames)] : []), ...(ctrStatus ? [column("STATUS", (row) => row.ContainerStatuses)] : []),
  ];
  return [
    column("POD ID", (row) => row.Id), column("NAME", (row) => row.Name), column("STATUS", (row) => row.Status), column("CREATED", (row) => row.Created), column("INFRA ID", (row) => row.InfraId),
    ...details, ...(ns ? [column("CGROUP", (row) => row.Cgroup), column("NAMESPACES", (row) => row.Namespace)] : []),
    ...(details.length === 0 ? [column("# OF CONTAINERS", (row) => String(row.NumberOfContainers))] : []),
  ];
}

/** What templates may name (podman-pod-ps(1)). */
class PodRow {
  readonly #pod: ListPod;
  readonly #isWhole: boolean;
  readonly #now: number;
  constructor(pod: ListPod, isWhole: boolean, now: number) { this.#pod = pod; this.#isWhole = isWhole; this.#now = now; }

  get ID(): string { return this.Id; }
  get Id(): string { return this.#short(this.#pod.Id); }
  get InfraID(): string { return this.InfraId; }
  get InfraId(): string { return this.#short(this.#pod.InfraId); }
  get Name(): string { return this.#pod.Name; }
  get Status(): string { return this.#pod.Status; }
  get Cgroup(): string { return this.#pod.Cgroup; }
  get Namespace(): string { return this.#pod.Namespace; }
  get Created(): string { return `${humanDuration(this.#now - Date.parse(this.#pod.Created))} ago`; }
  get Labels(): string { return Object.entries(this.#pod.Labels).toSorted(([a], [b]) => text(a, b)).map(([key, value]) => `${key}=${value}`).join(","); }
  Label(name: string): string { return this.#pod.Labels[name] ?? ""; }
  get Networks(): string { return this.#pod.Networks.join(","); }
  get Containers(): ListPod["Containers"] { return this.#pod.Containers; }
  get NumberOfContainers(): number { return this.#pod.Containers.length; }
  get ContainerIds(): string { return this.#pod.Containers.map(({ Id }) => this.#short(Id)).join(","); }
  get ContainerNames(): string { return this.#pod.Containers.map(({ Names }) => Names).join(","); }
  get ContainerStatuses(): string { return this.#pod.Containers.map(({ Status }) => Status).join(","); }
  get Restarts(): string { return String(this.#pod.Containers.reduce((sum, { RestartCount }) => sum + RestartCount, 0)); }

  #short(id: string): string { return this.#isWhole ? id : shortId(id); }
}
