/** The network of a new container: its mode, its networks in order, its ports with nothing left to choose. */
import { existsSync } from "node:fs";
import { EngineError, within } from "../base/errors.ts";
import type { ContainerCreate, NamespaceMode, NetworkAttach } from "../contract/types/container-create.ts";
import type { ContainerDefaults } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { shortId } from "../base/ids.ts";
import { parseMode } from "./namespaces.ts";
import type { ResolvedNetwork } from "./record.ts";

/** @throws not-found/no-such-network, not-found/no-such-container, invalid-argument */
export async function resolveNetwork(context: EngineContext, create: ContainerCreate, id: string, expose: readonly string[]): Promise<ResolvedNetwork> {
  const asked = create.network ?? {};
  const mode = modeOf(context, asked.networks?.length ?? 0, asked.mode);
  const networks = mode.mode === "bridge" ? await attachments(context, create, id) : [];
  if (mode.mode !== "bridge" && (asked.networks ?? []).length > 0) throw new EngineError("invalid-argument", "networks and static ip/mac address can only be used with Bridge mode networking");
  if (mode.mode === "pasta" && !context.config.rootless) throw new EngineError("invalid-argument", "invalid config provided: pasta networking is only supported for rootless mode or when inside a nested userns");
  if (mode.mode === "slirp4netns") (await import("../net/slirp-options.ts")).parseSlirpOptions(asked.networkOptions?.["slirp4netns"] ?? []);
  if (mode.mode === "ns" && !existsSync(mode.value ?? "")) throw new EngineError("not-found", `cannot find specified network namespace path: faccessat ${mode.value ?? ""}: no such file or directory`);
  const value = mode.mode === "container" ? sharedWith(context, mode.value ?? "") : mode.value;
  return { mode: mode.mode, ...(value === undefined ? {} : { value }), networks, ports: await portsOf(context, create, mode.mode, expose) };
}

function modeOf(context: EngineContext, networks: number, asked: NamespaceMode | undefined): NamespaceMode {
  const { config } = context;
  const mode = asked ?? (networks > 0 ? { mode: "bridge" } : parseMode(config.containers.netns));
  if (mode.mode !== "" && mode.mode !== "default" && mode.mode !== "private") return mode;
  if (networks > 0 || !config.rootless) return { mode: "bridge" };
  return { mode: config.network.defaultRootlessNetworkCmd === "slirp4netns" ? "slirp4netns" : "pasta" };
}

/** Networks by name, with Podman's aliases: the short id, and the host name that was asked for. The default one is known without looking. */
async function attachments(context: EngineContext, create: ContainerCreate, id: string): Promise<readonly NetworkAttach[]> {
  const { defaultNetwork } = context.config.network;
  const asked = create.network?.networks ?? [];
  const own = [shortId(id), ...(create.hostname === undefined || create.hostname === "" ? [] : [create.hostname])];
  if (asked.length === 0) return [{ name: defaultNetwork, aliases: own, interfaceName: "eth0" }];
  const backend = await context.networks();
  const taken = new Set(asked.flatMap(({ interfaceName }) => (interfaceName === undefined ? [] : [interfaceName])));
  const result: NetworkAttach[] = [];
  for (const one of asked) {
    // `bridge:ip=…` names no network.
    const name = one.name === defaultNetwork || one.name === "" ? defaultNetwork : (await backend.inspect(one.name)).name;
    result.push({ ...one, name, aliases: [...one.aliases ?? [], ...own], interfaceName: one.interfaceName ?? freeName(taken) });
  }
  return result;
}

function freeName(taken: Set<string>): string {
  for (let number = 0; ; number++) {
    const name = `eth${number}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

async function portsOf(context: EngineContext, create: ContainerCreate, mode: string, expose: readonly string[]): Promise<ResolvedNetwork["ports"]> {
  const { ports = [], publishAll = false } = create.network ?? {};
  if ((ports.length === 0 && !publishAll) || mode === "host" || mode === "none" || mode === "container" || mode === "ns") return [];
  const { finalPorts } = await import("../net/ports.ts");
  return finalPorts(ports, publishAll ? expose.map(toExposed) : [], context.config.network.defaultHostIps);
}

function toExposed(text: string): { readonly port: number; readonly protocol: "tcp" | "udp" | "sctp" } {
  const [port = "", protocol = "tcp"] = text.split("/");
  return { port: Number(port), protocol: protocol === "udp" || protocol === "sctp" ? protocol : "tcp" };
}

/** Ports that --expose and the image name, one each: `80/tcp`. */
export function resolveExpose(create: ContainerCreate, image: ContainerDefaults | undefined): readonly string[] {
  const named = [...create.network?.expose ?? [], ...Object.keys(image?.ExposedPorts ?? {})];
  return [...new Set(named.flatMap(expandRange))];
}

/** `80-82/udp` is three ports. */
function expandRange(text: string): readonly string[] {
  const [range = "", protocol = "tcp"] = text.split("/");
  const [first = "", last = first] = range.split("-");
  const [from, to] = [Number(first), Number(last)];
  const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port <= 65535;
  if (!isPort(from) || !isPort(to) || to < from) throw new EngineError("invalid-argument", `invalid port ${text} in EXPOSE: ports are numbers from 1 to 65535`);
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol.toLowerCase()}`);
}

function sharedWith(context: EngineContext, ref: string): string {
  try { return context.containers().resolve(ref).id; } catch (error) { throw within("looking up container to share net namespace with", error); }
}
