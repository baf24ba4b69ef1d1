/** THE TABLE: every operation, by noun. Order is the order in documents. One line per operation. */
import type { EngineOf } from "./kit.ts";
import { rename } from "./container/rename.ts";
import { version } from "./system/version.ts";

export const operations = {
  container: { rename },
  system: { version },
} as const;

export type Operations = typeof operations;
/** The one interface of the engine; implemented by engine/local.ts and derived in engine/remote.ts. */
export type Engine = EngineOf<Operations>;
