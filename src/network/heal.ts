import type { InputOf } from "../contract/kit.ts";
import type { heal as operation } from "../contract/network/heal.ts";
import { runAll } from "../base/undo.ts";
import { isEngineError } from "../base/errors.ts";
import { observe } from "../container/observe.ts";
import { isConnected } from "../container/network.ts";
import type { EngineContext } from "../engine/context.ts";
import type { ConnectedContainer, NetworkFaults } from "../net/health.ts";

/**
 * Brings back what is missing: rules by netavark where it can, the resolver, and for what is left the containers are parted and
 * connected again with the same addresses. What is seen without a lock is looked at again with it. Idempotent.
 * @throws unavailable with netavark's words
 */
export async function heal(context: EngineContext, _input: InputOf<typeof operation.input>): Promise<void> {
  const backend = await context.networks();
  const look = (): NetworkFaults => backend.faults(connectedContainers(context));
  const { resolver, rules } = look();
  // Without what netavark keeps of its rules the containers' own way is left.
  if (rules.length > 0) await backend.reviveRules().catch(() => false);
  if (resolver) await backend.reviveResolver();
  await healContainers(context, look);
}

/** One at a time. Those that lost names are looked at again each time; the rules come back container by container, but are seen with the first. */
async function healContainers(context: EngineContext, look: () => NetworkFaults): Promise<void> {
  const { names, rules } = look();
  if (names.length === 0 && rules.length === 0) return;
  const { reloadIf } = await import("./reload.ts");
  await runAll([...new Set([...names, ...rules])].map((id) => async () => {
    try {
      await reloadIf(context, id, ({ state }) => state.status === "running" && state.netnsPath !== undefined && (rules.includes(id) || look().names.includes(id)));
    } catch (error) { if (!isEngineError(error, "no-such-container")) throw error; }
  }));
}

/** Whether anything is missing. */
export async function needsHealing(context: EngineContext): Promise<boolean> {
  const containers = connectedContainers(context);
  if (containers.length === 0) return false;
  const { resolver, names, rules } = (await context.networks()).faults(containers);
  return resolver || names.length > 0 || rules.length > 0;
}

/** Running ones on bridges, with their networks. */
function connectedContainers(context: EngineContext): ConnectedContainer[] {
  return context.containers().list().filter((record) => isConnected(record) && record.state.status === "running" && record.state.networkStatus !== undefined)
    .filter((record) => observe(context, record).record.state.status === "running")
    .map(({ id, state }) => ({ id, networks: Object.keys(state.networkStatus ?? {}) }));
}
