import { EngineError } from "../../base/errors.ts";
import type { PruneReport } from "../../contract/types/container-list.ts";

/** Ids and bytes of what went. Docker stops at the first failure, libpod goes on: all failures become one. @throws internal */
export function pruned(reports: readonly PruneReport[]): { readonly ids: readonly string[]; readonly SpaceReclaimed: number } {
  const failures = reports.flatMap(({ Err }) => (Err === null ? [] : [Err]));
  if (failures.length > 0) throw new EngineError("internal", failures.join("; "));
  return { ids: reports.map(({ Id }) => Id), SpaceReclaimed: reports.reduce((sum, { Size }) => sum + Size, 0) };
}
