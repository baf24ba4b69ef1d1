import { create } from "./create.ts";
import { list } from "./list.ts";
import { inspect } from "./inspect.ts";
import { exists } from "./exists.ts";
import { start } from "./start.ts";
import { stop } from "./stop.ts";
import { kill } from "./kill.ts";
import { pause } from "./pause.ts";
import { unpause } from "./unpause.ts";
import { restart } from "./restart.ts";
import { remove } from "./remove.ts";
import { prune } from "./prune.ts";
import { top } from "./top.ts";
import { stats } from "./stats.ts";
import { clone } from "./clone.ts";

export const pod = { create, list, inspect, exists, start, stop, kill, pause, unpause, restart, remove, prune, top, stats, clone } as const;
