import { join } from "node:path";
import type { StoreParts } from "../parts.ts";
import { withLocks } from "../records/lock.ts";

/** See `Store.withImageLock`. containers/storage keeps one lock file for each digest that it was asked for. */
export async function withImageLock<T>({ paths }: StoreParts, id: string, work: () => Promise<T>): Promise<T> {
  return withLocks([join(paths.runRoot, `${paths.driver}-locks`, `sha256:${id}`)], work);
}
