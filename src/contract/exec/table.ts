import { create } from "./create.ts";
import { start } from "./start.ts";
import { inspect } from "./inspect.ts";
import { resize } from "./resize.ts";
import { remove } from "./remove.ts";

/** Operations on exec sessions, in the order of documents. */
export const exec = {
  create, start, inspect, resize, remove,
} as const;
