/** `[CONTAINER:]PATH` of `cp`. Pure. */
import { EngineError } from "../../base/errors.ts";

/** `container` absent: a path of this machine. */
export interface CopyEnd { readonly container?: string; readonly path: string }

/** @throws invalid-argument when a path is empty */
export function parseEnds(source: string, destination: string): { readonly from: CopyEnd; readonly to: CopyEnd } {
  const [from, to] = [parseEnd(source), parseEnd(destination)];
  if (from.path === "" || to.path === "") throw new EngineError("invalid-argument", `invalid arguments ${JSON.stringify(source)}, ${JSON.stringify(destination)}: you must specify paths`);
  return { from, to };
}

/** What starts with a dot or slash is a path, colons or not. */
function parseEnd(text: string): CopyEnd {
  const colon = text.indexOf(":");
  if (text.startsWith(".") || text.startsWith("/") || colon === -1) return { path: text };
  const container = text.slice(0, colon);
  return { ...(container === "" ? {} : { container }), path: text.slice(colon + 1) };
}
