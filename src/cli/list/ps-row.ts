/** One row of `podman ps`: what templates may name (podman-ps(1), "Go template"), and the cells of the default table. */
import { shortId } from "../../base/ids.ts";
import type { ListContainer, PortMapping } from "../../contract/types/container-list.ts";
import { humanDuration, humanSize } from "../../formats/go/human.ts";

/** Upper-case names are a compatibility surface: users write them in --format. */
export class PsRow {
  readonly #container: ListContainer;
  readonly #isWhole: boolean;
  readonly #now: number;

  constructor(container: ListContainer, isWhole: boolean, now: number) {
    this.#container = container;
    this.#isWhole = isWhole;
    this.#now = now;
  }

  get ID(): string { return this.#short(this.#container.Id); }
  get Id(): string { return this.ID; }
  get Image(): string { return this.#container.Image; }
  get ImageID(): string { return this.#short(this.#container.ImageID); }
  get Names(): string { return this.#container.Names[0] ?? ""; }
  get Networks(): string { return this.#container.Networks.join(","); }
  get Labels(): Readonly<Record<string, string>> { return this.#container.Labels ?? {}; }
  Label(name: string): string { return this.#container.Labels?.[name] ?? ""; }
  get Mounts(): string { return this.#container.Mounts.join(","); }
  get Pod(): string { return this.#short(this.#container.Pod); }
  get PodName(): string { return this.#container.PodName; }
  get Restarts(): string { return String(this.#container.Restarts); }
  get AutoRemove(): boolean { return this.#container.AutoRemove; }
  get CIDFile(): string { return this.#container.CIDFile; }
  get Exited(): boolean { return this.#container.Exited; }
  get ExitedAt(): number { return this.#container.ExitedAt; }
  get ExitCode(): number { return this.#container.ExitCode; }
  get IsInfra(): boolean { return this.#container.IsInfra; }
  get Pid(): number { return this.#container.Pid; }
  get StartedAt(): number { return this.#container.StartedAt; }
  get State(): string { return this.#container.State; }
  get Created(): string { return goTime(this.#container.Created); }
  get CreatedAt(): string { return this.Created; }
  get CreatedHuman(): string { return `${humanDuration(this.#now - Date.parse(this.#container.Created))} ago`; }
  get RunningFor(): string { return this.CreatedHuman; }
  get Ports(): string { return portsText(this.#container.Ports ?? [], this.#container.ExposedPorts ?? {}); }
  get ExposedPorts(): ListContainer["ExposedPorts"] { return this.#container.ExposedPorts; }
  get Namespaces(): ListContainer["Namespaces"] { return this.#container.Namespaces; }
  get Cgroup(): string { return this.#container.Namespaces.Cgroup ?? ""; }
  get IPC(): string { return this.#container.Namespaces.Ipc ?? ""; }
  get MNT(): string { return this.#container.Namespaces.Mnt ?? ""; }
  get NET(): string { return this.#container.Namespaces.Net ?? ""; }
  get PIDNS(): string { return this.#container.Namespaces.Pidns ?? ""; }
  get User(): string { return this.#container.Namespaces.User ?? ""; }
  get UTS(): string { return this.#container.Namespaces.Uts ?? ""; }

  get Command(): string {
    const command = (this.#container.Command ?? []).join(" ");
    return this.#isWhole || command.length <= 17 ? command : `${command.slice(0, 17)}...`;
  }

  get Status(): string { return statusText(this.#container, this.#now); }

  get Size(): string {
    const size = this.#container.Size;
    return size === null ? "" : `${humanSize(size.rwSize, 3)} (virtual ${humanSize(size.rootFsSize, 3)})`;
  }

  #short(id: string): string { return this.#isWhole ? id : shortId(id); }
}

/** `Up 3 seconds`, `Exited (0) 2 minutes ago`, `Created`, with the health in parentheses. */
export function statusText(container: ListContainer, now: number): string {
  const health = container.Status === "" ? "" : ` (${container.Status})`;
  if (container.State === "running") return `Up ${humanDuration(now - container.StartedAt * 1000)}${health}`;
  if (container.State === "exited" || container.State === "stopped") return `Exited (${container.ExitCode}) ${humanDuration(now - container.ExitedAt * 1000)} ago${health}`;
  return `${container.State.charAt(0).toUpperCase()}${container.State.slice(1)}${health}`;
}

/** `2026-11-23 10:11:12.123456789 +0000 UTC`: how Go prints a time. */
function goTime(rfc3339: string): string {
  const match = /^(\S+)T([\d:]+(?:\.\d+)?)(Z|[+-]\d\d:\d\d)$/.exec(rfc3339);
  if (match === null) return rfc3339;
  const zone = match[3] === "Z" ? "+0000" : (match[3] ?? "").replace(":", "");
  return `${match[1]} ${match[2]} ${zone} ${zone === "+0000" ? "UTC" : zone}`;
}

/** Published ports first, then exposed ones that are not published; neighbours are joined to ranges. */
export function portsText(ports: readonly PortMapping[], exposed: Readonly<Record<string, readonly string[]>>): string {
  const span = (start: number, length: number): string => length > 1 ? `${start}-${start + length - 1}` : String(start);
  const published = ports.map((port) => `${port.host_ip || "0.0.0.0"}:${span(port.host_port, port.range)}->${span(port.container_port, port.range)}/${port.protocol}`);
  const isPublished = (number: number, protocol: string): boolean =>
    ports.some((port) => port.protocol === protocol && number >= port.container_port && number < port.container_port + port.range);
  const rest = Object.entries(exposed).flatMap(([number, protocols]) => protocols.map((protocol) => ({ number: Number(number), protocol })))
    .filter(({ number, protocol }) => !isPublished(number, protocol))
    .sort((left, right) => left.protocol.localeCompare(right.protocol) || left.number - right.number);
  const ranges: { start: number; length: number; protocol: string }[] = [];
  for (const { number, protocol } of rest) {
    const last = ranges.at(-1);
    if (last !== undefined && last.protocol === protocol && last.start + last.length === number) last.length++;
    else ranges.push({ start: number, length: 1, protocol });
  }
  return [...published, ...ranges.map(({ start, length, protocol }) => `${span(start, length)}/${protocol}`)].join(", ");
}
