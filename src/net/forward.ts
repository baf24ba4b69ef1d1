/**
 * Published ports of a user's containers on bridges: their bridge is in a namespace that the host does not reach. The engine
 * opens the host's sockets; a process inside that namespace (procs/forward-ports.ts) takes them over and connects on. It ends
 * when the container's namespace is unpinned.
 */
import type { PortPublish } from "../contract/types/container-create.ts";
import { holdPorts } from "./hold-ports.ts";
import type { NetworkStatus } from "./types.ts";

export interface ForwardPlan {
  /** Its removal ends the forwarder. */
  readonly netnsPath: string;
  /** `fd` is the descriptor in the forwarder. */
  readonly targets: readonly { readonly fd: number; readonly protocol: "tcp" | "udp"; readonly address: string; readonly port: number }[];
}

export interface ForwardRequest {
  readonly ports: readonly PortPublish[];
  readonly netnsPath: string;
  /** Of the container, as seen from where the forwarder runs. */
  readonly address: string;
  /** argv that enters the namespace where the forwarder runs. */
  readonly prefix: readonly string[];
  /** Our own program. */
  readonly selfCommand: readonly string[];
}

/** Opens the ports; they answer from now on, because the kernel queues connections until the process takes them. @throws conflict/port-in-use */
export function startForwarding(request: ForwardRequest): void {
  const held = holdPorts(request.ports.filter(({ protocol }) => protocol !== "sctp"));
  try {
    const plan: ForwardPlan = {
      netnsPath: request.netnsPath,
      targets: held.sockets.map(({ protocol, containerPort }, index) => ({ fd: 3 + index, protocol: protocol === "udp" ? "udp" : "tcp", address: request.address, port: containerPort })),
    };
    const child = Bun.spawn([...request.prefix, ...request.selfCommand, "system", "forward-ports", JSON.stringify(plan)], {
      stdio: ["ignore", "ignore", "ignore", ...held.fds] as never, detached: true, cwd: "/",
    });
    child.unref();
  } finally { held.release(); }
}

/** IPv4 preferred. */
export function firstAddress(status: Readonly<Record<string, NetworkStatus>>): string {
  const all = Object.values(status).flatMap(({ interfaces }) => Object.values(interfaces ?? {})).flatMap(({ subnets }) => subnets ?? []).map(({ ipnet }) => ipnet.split("/")[0] ?? "");
  return all.find((address) => !address.includes(":")) ?? all[0] ?? "127.0.0.1";
}
