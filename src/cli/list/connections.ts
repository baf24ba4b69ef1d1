import { listConnections, type Connection } from "../../config/connections.ts";
import { loadConfig } from "../../config/load.ts";
import type { CommandContext } from "../kit/types.ts";

/** Named services, from the connections file and containers.conf. */
export function connectionsOf(context: CommandContext): Connection[] {
  return listConnections(loadConfig(context.global, context.env).engine, context.env);
}
