/** `podman port`. */
import { EngineError } from "../base/errors.ts";
import { shortId } from "../base/ids.ts";
import type { ListContainer } from "../contract/types/container-list.ts";
import { usage } from "./flag-values.ts";
import type { CommandContext } from "./kit/types.ts";
import { latestContainer } from "./latest.ts";

interface Wanted { readonly port: number; readonly protocol: string; readonly text: string }
type Published = NonNullable<ListContainer["Ports"]>[number];

export async function showPorts(context: CommandContext, args: readonly string[], flags: { readonly all: boolean; readonly latest: boolean }): Promise<void> {
  const engine = await context.engine();
  const wanted = parseWanted(flags.latest ? args[0] : args[1]);
  const containers = flags.all
    ? await engine.container.list({ all: true, filters: { status: ["running"] } })
    : [await named(engine, flags.latest ? await latestContainer(engine) : (args[0] ?? "").replace(/^\//, ""))];
  // As Podman: one that does not run, or publishes nothing, has nothing to say, whatever was asked.
  for (const { Id, Ports } of containers.filter(({ State, Ports: published }) => State === "running" && (published ?? []).length > 0)) {
    const prefix = flags.all ? `${shortId(Id)}\t` : "";
    const lines = (Ports ?? []).flatMap((port) => wanted === undefined ? allOf(port) : matching(port, wanted));
    if (wanted !== undefined && lines.length === 0) throw new EngineError("not-found", `failed to find published port "${wanted.text}"`);
    for (const line of lines) await context.out.write(`${prefix}${line}\n`);
  }
}

async function named(engine: Awaited<ReturnType<CommandContext["engine"]>>, ref: string): Promise<Pick<ListContainer, "Id" | "Ports" | "State">> {
  const { Id } = await engine.container.inspect({ ref });
  const found = await engine.container.list({ all: true, filters: { id: [Id] } });
  return found[0] ?? { Id, Ports: [], State: "" };
}

function parseWanted(text: string | undefined): Wanted | undefined {
  if (text === undefined) return undefined;
  const fields = text.split("/");
  if (fields.length > 2) throw usage(`port formats are port/protocol. '${text}' is invalid`);
  if (!/^\d+$/.test(fields[0] ?? "")) throw usage(`strconv.ParseUint: parsing ${JSON.stringify(fields[0])}: invalid syntax`);
  return { port: Number(fields[0]), protocol: fields[1] ?? "tcp", text };
}

const host = (port: Published): string => port.host_ip === "" ? "0.0.0.0" : port.host_ip;

function allOf(port: Published): string[] {
  return port.protocol.split(",").flatMap((protocol) => Array.from({ length: port.range }, (_unused, index) =>
    `${port.container_port + index}/${protocol} -> ${host(port)}:${port.host_port + index}`));
}

function matching(port: Published, { port: wanted, protocol }: Wanted): string[] {
  const offset = wanted - port.container_port;
  return port.protocol === protocol && offset >= 0 && offset < port.range ? [`${host(port)}:${port.host_port + offset}`] : [];
}
