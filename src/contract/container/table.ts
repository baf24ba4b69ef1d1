import { create } from "./create.ts";
import { init } from "./init.ts";
import { start } from "./start.ts";
import { attach } from "./attach.ts";
import { wait } from "./wait.ts";
import { stop } from "./stop.ts";
import { kill } from "./kill.ts";
import { restart } from "./restart.ts";
import { pause } from "./pause.ts";
import { unpause } from "./unpause.ts";
import { remove } from "./remove.ts";
import { list } from "./list.ts";
import { inspect } from "./inspect.ts";
import { logs } from "./logs.ts";
import { top } from "./top.ts";
import { stats } from "./stats.ts";
import { usage } from "./usage.ts";
import { resize } from "./resize.ts";
import { rename } from "./rename.ts";
import { update } from "./update.ts";
import { exists } from "./exists.ts";
import { mount } from "./mount.ts";
import { unmount } from "./unmount.ts";
import { mounts } from "./mounts.ts";
import { listPath } from "./list-path.ts";
import { statPath } from "./stat-path.ts";
import { copyFrom } from "./copy-from.ts";
import { copyInto } from "./copy-into.ts";
import { clone } from "./clone.ts";
import { spec } from "./spec.ts";
import { diff } from "./diff.ts";
import { exportRoot } from "./export.ts";
import { commit } from "./commit.ts";
import { prune } from "./prune.ts";
import { checkpoint, checkpointArchive } from "./checkpoint.ts";
import { restore, restoreArchive } from "./restore.ts";
import { cleanup } from "./cleanup.ts";

/** Operations on containers, in the order of documents. */
export const container = {
  create, init, start, attach, wait, stop, kill, restart, pause, unpause, remove, list, inspect, logs, top, stats, usage, resize,
  rename, update, exists, mount, unmount, mounts, statPath, listPath, copyFrom, copyInto, clone, spec, diff, export: exportRoot, commit, prune, checkpoint, checkpointArchive, restore, restoreArchive, cleanup,
} as const;
