/** A container in another one's network is found by its own name there: a line in the file that they share. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineContext } from "../engine/context.ts";
import { addHostEntries, removeHostEntries, type HostEntry } from "../net/hosts.ts";
import { lockFile } from "../sys/index.ts";
import type { ContainerRecord } from "./record.ts";

/** Idempotent. Several containers may come and go at once: the file is locked. */
export async function tellJoinedHost(context: EngineContext, record: ContainerRecord): Promise<void> {
  const path = sharedHosts(context, record);
  if (path === undefined) return;
  using _lock = await lockFile(path);
  removeHostEntries(path, [entryOf(record)]);
  addHostEntries(path, [], [entryOf(record)]);
}

/** Idempotent. */
export async function forgetJoinedHost(context: EngineContext, record: ContainerRecord): Promise<void> {
  const path = sharedHosts(context, record);
  if (path === undefined) return;
  using _lock = await lockFile(path);
  removeHostEntries(path, [entryOf(record)]);
}

const entryOf = ({ name }: ContainerRecord): HostEntry => ({ ip: "127.0.0.1", names: [name] });

/** undefined where nothing is shared, or the other one keeps its image's file. */
function sharedHosts(context: EngineContext, { name, config: { network, create } }: ContainerRecord): string | undefined {
  if (network.mode !== "container" || network.value === undefined || name === "localhost" || (create.network?.noHosts ?? context.config.containers.noHosts)) return undefined;
  const other = context.containers().get(network.value);
  const path = other === undefined || other.config.network.mode === "container" ? undefined : join(other.config.runDir, "hosts");
  return path !== undefined && existsSync(path) ? path : undefined;
}
