import { create } from "./create.ts";
import { list } from "./list.ts";
import { inspect } from "./inspect.ts";
import { remove } from "./remove.ts";
import { exists } from "./exists.ts";
import { connect } from "./connect.ts";
import { disconnect } from "./disconnect.ts";
import { prune } from "./prune.ts";
import { reload } from "./reload.ts";
import { heal } from "./heal.ts";
import { update } from "./update.ts";

/** Operations on networks, in the order of documents. */
export const network = {
  create, list, inspect, remove, exists, connect, disconnect, prune, reload, update, heal,
} as const;
