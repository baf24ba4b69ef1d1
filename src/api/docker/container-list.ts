/** A container in `GET /containers/json`. Pure. */
import type { InspectContainer, InspectHostPort } from "../../contract/types/container-inspect.ts";
import { humanDuration } from "../../formats/go/human.ts";
import type { ListContainer } from "../../contract/types/container-list.ts";
import { endpointsToDocker } from "./endpoint.ts";

export interface DockerPort { readonly IP?: string; readonly PrivatePort: number; readonly PublicPort?: number; readonly Type: string }

export function listToDocker(row: ListContainer, full: InspectContainer, withSize: boolean, now = Date.now()): Readonly<Record<string, unknown>> {
  return {
    Id: row.Id, Names: [`/${full.Name}`], Image: row.Image, ImageID: row.ImageID === "" ? "" : `sha256:${row.ImageID}`, Command: (row.Command ?? []).join(" "), Created: seconds(full.Created),
    Ports: portsToDocker(full.NetworkSettings.Ports), ...(withSize && { SizeRw: row.Size?.rwSize ?? 0, SizeRootFs: row.Size?.rootFsSize ?? 0 }), Labels: row.Labels ?? {},
    State: words[row.State] ?? row.State, Status: statusText(full, now),
    HostConfig: { NetworkMode: full.HostConfig.NetworkMode }, NetworkSettings: { Networks: endpointsToDocker(full.NetworkSettings.Networks) }, Mounts: mountsToDocker(full.Mounts),
    Name: "", Config: null, NetworkingConfig: null, Platform: null, DefaultReadOnlyNonRecursive: false,
  };
}

const words: Readonly<Record<string, string>> = { initialized: "created", configured: "created", stopped: "exited" };

/** `Up 3 seconds`, `Exited (0) 2 minutes ago`. */
function statusText({ State: state }: InspectContainer, now: number): string {
  const since = (time: string): string => humanDuration(now - Date.parse(time));
  const health = state.Health === undefined || state.Health.Status === "" ? "" : ` (${state.Health.Status === "starting" ? "health: starting" : state.Health.Status})`;
  switch (state.Status) {
    case "created": case "configured": case "initialized": return "Created";
    case "running": return `Up ${since(state.StartedAt)}${health}`;
    case "paused": return `Up ${since(state.StartedAt)} (Paused)`;
    case "exited": case "stopped": return `Exited (${state.ExitCode}) ${since(state.FinishedAt)} ago`;
    case "removing": return "Removal In Progress";
    case "stopping": return "Stopping";
    default: return "Unknown";
  }
}

export const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);

export function portsToDocker(ports: Readonly<Record<string, readonly InspectHostPort[] | null>>): readonly DockerPort[] {
  return Object.entries(ports).flatMap(([key, bindings]) => {
    const [port = "", Type = "tcp"] = key.split("/");
    if (bindings === null || bindings.length === 0) return [{ PrivatePort: Number(port), Type }];
    return bindings.map(({ HostIp, HostPort }) => ({ IP: HostIp, PrivatePort: Number(port), PublicPort: Number(HostPort), Type }));
  });
}

/** Docker has no `Options` and `SubPath` here. */
export function mountsToDocker(mounts: InspectContainer["Mounts"]): readonly Readonly<Record<string, unknown>>[] {
  return mounts.map(({ Type, Name, Source, Destination, Driver, Mode, RW, Propagation }) => ({ Type, ...(Name !== undefined && { Name }), Source, Destination, ...(Driver !== "" && { Driver }), Mode, RW, Propagation }));
}
