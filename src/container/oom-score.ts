/** An ordinary user may not lower its out-of-memory score: the runtime would fail to (proc(5), `oom_score_adj`). */
import { readFileSync } from "node:fs";
import type { EngineContext } from "../engine/context.ts";
import type { Spec } from "../runtime/spec/types.ts";

/** For a user: at least the score that we have ourselves, with a warning. */
export function clampOomScore({ config, warn }: Pick<EngineContext, "config" | "warn">, spec: Spec): Spec {
  const asked = spec.process.oomScoreAdj;
  if (!config.rootless || asked === undefined) return spec;
  const own = Number(readFileSync("/proc/self/oom_score_adj", "utf8").trim());
  if (own <= asked) return spec;
  warn(`Requested oom_score_adj=${asked} is lower than the current one, changing to ${own}`);
  return { ...spec, process: { ...spec.process, oomScoreAdj: own } };
}
