/** `--latest`: the container made last. */
import { EngineError } from "../base/errors.ts";
import type { Engine } from "../contract/index.ts";

/** Its id. @throws not-found when there is no container */
export async function latestContainer(engine: Engine): Promise<string> {
  const [newest] = await engine.container.list({ all: true, last: 1 });
  if (newest === undefined) throw new EngineError("not-found", "no such container", { reason: "no-such-container" });
  return newest.Id;
}
