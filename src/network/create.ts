import type { InputOf } from "../contract/kit.ts";
import type { create as operation } from "../contract/network/create.ts";
import type { Network } from "../contract/types/network.ts";
import { EngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";

const modes = ["none", "host", "bridge", "private", "slirp4netns", "pasta", "container", "ns", "default"];

/** Stores a new network. Nothing of the kernel's exists before the first container joins. @throws already-exists/name-in-use, invalid-argument */
export async function create(context: EngineContext, { network, ignoreIfExists }: InputOf<typeof operation.input>): Promise<Network> {
  if (network.name !== undefined && modes.includes(network.name)) {
    throw new EngineError("invalid-argument", `cannot create network with name "${network.name}" because it conflicts with a valid network mode`);
  }
  const created = await (await context.networks()).create(network, { ignoreIfExists: ignoreIfExists ?? false });
  await context.emit({ type: "network", status: "create", id: created.id, name: created.name, network: created.name, attributes: { driver: created.driver } });
  return created;
}
