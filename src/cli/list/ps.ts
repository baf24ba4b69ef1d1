/** `podman ps`. */
import { shortId } from "../../base/ids.ts";
import { pause } from "../../base/pause.ts";
import type { ListContainer } from "../../contract/types/container-list.ts";
import { humanDuration } from "../../formats/go/human.ts";
import { usage } from "../flag-values.ts";
import type { CommandContext } from "../kit/types.ts";
import { isJson, renderList, type Column } from "../render.ts";
import { parseFilters } from "../targets.ts";
import { PsRow, statusText } from "./ps-row.ts";

interface PsFlags {
  readonly all: boolean; readonly external: boolean; readonly filter: readonly string[] | undefined; readonly format: string | undefined; readonly last: number;
  readonly latest: boolean; readonly noTrunc: boolean; readonly noheading: boolean; readonly ns: boolean; readonly pod: boolean; readonly quiet: boolean;
  readonly size: boolean; readonly sort: string | undefined; readonly sync: boolean; readonly watch: number;
}

export async function listContainers(context: CommandContext, flags: PsFlags): Promise<void> {
  check(flags);
  for (;;) {
    await show(context, flags, await fetch(context, flags));
    if (flags.watch === 0) return;
    await pause(flags.watch * 1000, context.signal);
    if (context.signal.aborted) return;
    await context.out.write("\u001b[2J\u001b[1;1H");
  }
}

function check(flags: PsFlags): void {
  if (flags.last >= 0 && flags.latest) throw usage("last and latest are mutually exclusive");
  if (flags.quiet && (flags.size || flags.ns)) throw usage("quiet conflicts with size and namespace");
  if (flags.size && flags.ns) throw usage("size and namespace options conflict");
  if (flags.watch > 0 && flags.latest) throw usage("the watch and latest flags cannot be used together");
}

async function fetch(context: CommandContext, flags: PsFlags): Promise<readonly ListContainer[]> {
  const engine = await context.engine();
  const filters = parseFilters(flags.filter ?? []);
  const last = flags.latest ? 1 : flags.last;
  const rows = await engine.container.list({
    all: flags.all, size: flags.size, namespace: flags.ns, external: flags.external, sync: flags.sync,
    ...(last >= 0 && { last }), ...(Object.keys(filters).length > 0 && { filters }),
  });
  return [...rows].sort(orders[(flags.sort ?? "created").toLowerCase()]);
}

const text = (left: string, right: string): number => left < right ? -1 : Number(left > right);
/** Podman shows the oldest first. */
const orders: Readonly<Record<string, (left: ListContainer, right: ListContainer) => number>> = {
  command: (left, right) => text((left.Command ?? []).join(" "), (right.Command ?? []).join(" ")),
  created: (left, right) => text(left.Created, right.Created),
  id: (left, right) => text(left.Id, right.Id),
  image: (left, right) => text(left.Image, right.Image),
  names: (left, right) => text(left.Names[0] ?? "", right.Names[0] ?? ""),
  runningfor: (left, right) => left.StartedAt - right.StartedAt,
  size: (left, right) => (left.Size?.rootFsSize ?? 0) - (right.Size?.rootFsSize ?? 0),
  status: (left, right) => text(left.State, right.State),
};

async function show(context: CommandContext, flags: PsFlags, containers: readonly ListContainer[]): Promise<void> {
  const now = Date.now();
  if (flags.quiet && flags.format === undefined) {
    for (const { Id } of containers) await context.out.write(`${flags.noTrunc ? Id : shortId(Id)}\n`);
    return;
  }
  if (flags.format !== undefined && isJson(flags.format)) {
    await context.out.write(`${JSON.stringify(containers.map((container) => jsonRow(container, now)), undefined, 2)}\n`);
    return;
  }
  const rows = containers.map((container) => new PsRow(container, flags.noTrunc, now));
  await renderList(context, rows, {
    name: "ps", columns: columnsOf(flags), headers, noHeading: flags.noheading,
    format: flags.format?.replaceAll(".Namespaces.", "."),
  });
}

function jsonRow(container: ListContainer, now: number): Readonly<Record<string, unknown>> {
  const created = Date.parse(container.Created);
  return { ...container, CreatedAt: `${humanDuration(now - created)} ago`, Status: statusText(container, now), Created: Math.trunc(created / 1000) };
}

const column = (header: string, cell: (row: PsRow) => string): Column<PsRow> => ({ header, cell });
function columnsOf({ ns, pod, size }: PsFlags): readonly Column<PsRow>[] {
  const id = column("CONTAINER ID", (row) => row.ID);
  const names = column("NAMES", (row) => row.Names);
  if (ns) {
    return [id, names, column("PID", (row) => String(row.Pid)), column("CGROUPNS", (row) => row.Cgroup), column("IPC", (row) => row.IPC), column("MNT", (row) => row.MNT),
      column("NET", (row) => row.NET), column("PIDNS", (row) => row.PIDNS), column("USERNS", (row) => row.User), column("UTS", (row) => row.UTS)];
  }
  return [id, column("IMAGE", (row) => row.Image), column("COMMAND", (row) => row.Command), column("CREATED", (row) => row.CreatedHuman), column("STATUS", (row) => row.Status),
    column("PORTS", (row) => row.Ports), names, ...(pod ? [column("POD ID", (row) => row.Pod), column("PODNAME", (row) => row.PodName)] : []), ...(size ? [column("SIZE", (row) => row.Size)] : [])];
}

/** Headings of `table` templates that are not the field's own name. */
const headers = {
  ID: "container id", Id: "container id", Image: "image", ImageID: "image id", Names: "names", Networks: "networks", Labels: "labels", Mounts: "mounts", Pod: "pod id", PodName: "podname",
  Restarts: "restarts", State: "state", Status: "status", Command: "command", Ports: "ports", Size: "size", Pid: "pid", Created: "created", CreatedAt: "created at", CreatedHuman: "created",
  RunningFor: "running for", ExitCode: "exit code", Exited: "exited", ExitedAt: "exited at", StartedAt: "started at", AutoRemove: "auto remove", IsInfra: "is infra", CIDFile: "cid file",
  ExposedPorts: "exposed ports", Cgroup: "cgroupns", IPC: "ipc", MNT: "mnt", NET: "net", PIDNS: "pidns", UTS: "uts", User: "userns",
} as const;
