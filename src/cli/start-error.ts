import { isEngineError, within } from "../base/errors.ts";
import type { Engine } from "../contract/index.ts";

/** A failed start in Podman's words, which name the container by its id. One that was not found, and an abort, stay what they are. */
export async function startError(engine: Engine, ref: string, error: unknown, show: (id: string) => string): Promise<unknown> {
  if (error instanceof DOMException || isEngineError(error, "no-such-container") || isEngineError(error, "ambiguous-ref")) return error;
  const id = await engine.container.inspect({ ref }).then(({ Id }) => Id, () => undefined);
  return id === undefined ? error : within(`unable to start container ${show(id)}`, error);
}
