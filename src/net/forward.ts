/**
 * Published ports of a user's containers on bridges: their bridge is in a namespace that the host does not reach. The engine
 * opens the host's sockets; a process inside that namespace (procs/forward-ports.ts) takes them over and connects on. It ends
 * when the container's namespace is unpinned. The address it leads to is in a file: a container may change its networks.
 */
import { renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { PortPublish } from "../contract/types/container-create.ts";
import { holdPorts } from "./hold-ports.ts";
import type { NetworkStatus } from "./types.ts";

export interface ForwardPlan {
  /** Its removal ends the forwarder. */
  readonly netnsPath: string;
  /** `fd` is the descriptor in the forwarder. */
  readonly targets: readonly { readonly fd: number; readonly protocol: "tcp" | "udp"; readonly port: number; readonly isV6: boolean }[];
  /** Holds the container's address, as seen from where the forwarder runs; empty while it has none. */
  readonly addressFile: string;
}

export interface ForwardRequest {
  readonly ports: readonly PortPublish[];
  readonly netnsPath: string;
  /** Of the container, as seen from where the forwarder runs. */
  readonly address: string | undefined;
  /** The container's own folder, gone with it. */
  readonly runDir: string;
  /** argv that enters the namespace where the forwarder runs. */
  readonly prefix: readonly string[];
  /** Our own program. */
  readonly selfCommand: readonly string[];
}

/** Opens the ports; they answer from now on, because the kernel queues connections until the process takes them. @throws conflict/port-in-use */
export function startForwarding(request: ForwardRequest): void {
  const held = holdPorts(request.ports.filter(({ protocol }) => protocol !== "sctp"));
  try {
    retarget(request.runDir, request.address);
    const plan: ForwardPlan = {
      netnsPath: request.netnsPath, addressFile: addressFileIn(request.runDir),
      targets: held.sockets.map(({ protocol, containerPort, isV6 }, index) => ({ fd: 3 + index, protocol: protocol === "udp" ? "udp" : "tcp", port: containerPort, isV6 })),
    };
    const child = Bun.spawn([...request.prefix, ...request.selfCommand, "system", "forward-ports", JSON.stringify(plan)], {
      stdio: ["ignore", "ignore", "ignore", ...held.fds] as never, detached: true, cwd: "/",
    });
    child.unref();
  } finally { held.release(); }
}

const addressFileIn = (runDir: string): string => join(runDir, "forward-to");

/** Where every connection from now on leads; undefined: nowhere, they are closed. Atomic; harmless where nothing forwards. */
export function retarget(runDir: string, address: string | undefined): void {
  const file = addressFileIn(runDir);
  const fresh = join(runDir, `.${basename(file)}-${process.pid}`);
  writeFileSync(fresh, address ?? "", { mode: 0o600 });
  renameSync(fresh, file);
}

/** IPv4 preferred; undefined without any network. */
export function firstAddress(status: Readonly<Record<string, NetworkStatus>>): string | undefined {
  const all = Object.values(status).flatMap(({ interfaces }) => Object.values(interfaces ?? {})).flatMap(({ subnets }) => subnets ?? []).map(({ ipnet }) => ipnet.split("/")[0] ?? "");
  return all.find((address) => !address.includes(":")) ?? all[0];
}
