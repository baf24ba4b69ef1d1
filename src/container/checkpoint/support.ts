/** What must be there before a checkpoint or a restore is tried. */
import { EngineError } from "../../base/errors.ts";
import type { EngineContext } from "../../engine/context.ts";
import { criuVersion } from "../../runtime/criu.ts";
import type { OciRuntime } from "../../runtime/types.ts";

/** @throws permission-denied for ordinary users, failed-precondition without CRIU or with a runtime that has none */
export async function mustSupport(context: EngineContext, runtimeName: string, verb: "checkpointing" | "restoring"): Promise<OciRuntime> {
  if (context.config.rootless) throw new EngineError("permission-denied", `${verb} a container requires root`);
  const runtime = await context.runtime(runtimeName);
  await criuVersion(context.env);
  if (await runtime.canCheckpoint()) return runtime;
  throw new EngineError("failed-precondition", "configured runtime does not support checkpoint/restore", { hint: `${runtime.path} was built without CRIU: use another one (--runtime)` });
}
