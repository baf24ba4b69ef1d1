/** Go writes zero values for what was not given. Pure. */
import type { Maybe } from "./types.ts";

/** Without undefined values. */
export function present<T extends object>(value: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
export const filled = (value: Maybe<string>): string | undefined => (value === null || value === "" ? undefined : value);
export const list = <T>(value: Maybe<readonly T[]>): readonly T[] | undefined => (value === null || value?.length === 0 ? undefined : value);
export const count = (value: Maybe<number>): number | undefined => (value === null || value === 0 ? undefined : value);
export const some = <T>(value: Maybe<Readonly<Record<string, T>>>): Readonly<Record<string, T>> | undefined => (value === null || value === undefined || Object.keys(value).length === 0 ? undefined : value);
