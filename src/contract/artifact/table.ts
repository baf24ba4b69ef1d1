import { add, extract, inspect, list, pull, push, remove } from "./operations.ts";

/** Operations on OCI artifacts, in the order of documents. */
export const artifact = { add, list, inspect, extract, pull, push, remove } as const;
