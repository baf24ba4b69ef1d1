import { EngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { readTable, type StoredSecret } from "./file.ts";

/** By name, id, then unique id prefix. @throws not-found/no-such-secret, failed-precondition/ambiguous-ref */
export function resolveSecret(context: EngineContext, ref: string): StoredSecret {
  const { secrets } = readTable(context);
  const all = Object.values(secrets);
  const exact = all.find(({ name, id }) => name === ref || id === ref);
  if (exact !== undefined) return exact;
  const [found, ...more] = ref === "" ? [] : all.filter(({ id }) => id.startsWith(ref));
  if (more.length > 0) throw new EngineError("failed-precondition", `more than one result secret with prefix ${ref}: secret is ambiguous`, { reason: "ambiguous-ref" });
  if (found === undefined) throw new EngineError("not-found", `no secret with name or id "${ref}": no such secret`, { reason: "no-such-secret" });
  return found;
}
