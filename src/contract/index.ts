/** THE TABLE: every operation, by noun. Order is the order in documents. One line per operation. */
import type { EngineOf } from "./kit.ts";
import { container } from "./container/table.ts";
import { exec } from "./exec/table.ts";
import { run as healthcheckRun } from "./healthcheck/run.ts";
import { pod } from "./pod/table.ts";
import { network } from "./network/table.ts";
import { artifact } from "./artifact/table.ts";
import { image } from "./image/table.ts";
import { manifest } from "./manifest/table.ts";
import { secret } from "./secret/table.ts";
import { volume } from "./volume/table.ts";
import { check } from "./system/check.ts";
import { df } from "./system/df.ts";
import { events } from "./system/events.ts";
import { info } from "./system/info.ts";
import { prune } from "./system/prune.ts";
import { reset } from "./system/reset.ts";
import { version } from "./system/version.ts";

export const operations = {
  container,
  pod,
  exec,
  healthcheck: { run: healthcheckRun },
  image,
  artifact,
  manifest,
  volume,
  secret,
  network,
  system: { version, info, df, check, prune, reset, events },
} as const;

export type Operations = typeof operations;
/** The one interface of the engine; implemented by engine/local.ts and derived in engine/remote.ts. */
export type Engine = EngineOf<Operations>;
