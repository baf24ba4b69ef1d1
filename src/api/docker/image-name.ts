/** Docker's clients mean their hub when they name an image without a registry; ids stay ids. */
import { isEngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import { formatReference, isFullId, parseNormalized, withDefaultTag } from "../../formats/reference.ts";

/** What the engine is to look for. @throws invalid-argument for what is no reference */
export async function imageName(engine: Engine, text: string): Promise<string> {
  const plain = text.replace(/^sha256:/, "");
  if (isFullId(plain)) return plain;
  if (/^[0-9a-f]{3,63}$/.test(plain)) {
    const id = await idOf(engine, plain);
    if (id !== undefined) return id;
  }
  return hubName(text);
}

/** `alpine` → `docker.io/library/alpine:latest`. */
export const hubName = (text: string): string => formatReference(withDefaultTag(parseNormalized(text)));

async function idOf(engine: Engine, ref: string): Promise<string | undefined> {
  try {
    const { Id } = await engine.image.inspect({ ref });
    return Id.startsWith(ref) ? Id : undefined;
  } catch (error) {
    if (isEngineError(error, "not-found") || isEngineError(error, "ambiguous-ref")) return undefined;
    throw error;
  }
}
