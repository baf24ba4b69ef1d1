import type { InputOf } from "../contract/kit.ts";
import type { remove as operation } from "../contract/network/remove.ts";
import type { NetworkRemoveReport } from "../contract/types/network.ts";
import { EngineError, isEngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { usersOf } from "./users.ts";

/**
 * Forgets a network. Its bridge went with the last container that left it. With `force` its containers are removed first.
 * @throws not-found/no-such-network, conflict/network-in-use
 */
export async function remove(context: EngineContext, { ref, force, timeout }: InputOf<typeof operation.input>): Promise<readonly NetworkRemoveReport[]> {
  const backend = await context.networks();
  const network = await backend.inspect(ref);
  for (const { id } of usersOf(context, network.name)) {
    if (force !== true) {
      throw new EngineError("conflict", `"${ref}" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used`, { reason: "network-in-use" });
    }
    await removeUser(context, id, timeout);
  }
  await backend.remove(network.name);
  await context.emit({ type: "network", status: "remove", id: network.id, name: network.name, network: network.name, attributes: { driver: network.driver } });
  return [{ Name: ref, Err: null }];
}

async function removeUser(context: EngineContext, id: string, timeout: number | undefined): Promise<void> {
  const { remove: removeContainer } = await import("../container/remove.ts");
  try { await removeContainer(context, { ref: id, force: true, volumes: true, ...(timeout === undefined ? {} : { timeout }) }); } catch (error) {
    // Somebody else removed it first.
    if (!isEngineError(error, "no-such-container")) throw error;
  }
}
