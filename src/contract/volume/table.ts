import { create } from "./create.ts";
import { list } from "./list.ts";
import { inspect } from "./inspect.ts";
import { exists } from "./exists.ts";
import { remove } from "./remove.ts";
import { prune } from "./prune.ts";
import { exportVolume } from "./export.ts";
import { importVolume } from "./import.ts";
import { mount } from "./mount.ts";
import { reload } from "./reload.ts";
import { unmount } from "./unmount.ts";

/** Operations on volumes, in the order of documents. */
export const volume = {
  create, list, inspect, exists, remove, prune, mount, unmount, export: exportVolume, import: importVolume, reload,
} as const;
