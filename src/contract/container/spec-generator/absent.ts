/** Go writes zero values where we leave fields out: what is empty means "not given". Pure. */
import type { Maybe } from "./types.ts";

/** Without undefined values; undefined when nothing is left. */
export function part<T extends object>(value: { readonly [K in keyof T]?: T[K] | undefined }): T | undefined {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries) as T;
}
export const text = (value: Maybe<string>): string | undefined => (value === null || value === "" ? undefined : value);
export const list = <T>(value: Maybe<readonly T[]>): readonly T[] | undefined => (value === null || value?.length === 0 ? undefined : value);
export const map = <T>(value: Maybe<Readonly<Record<string, T>>>): Readonly<Record<string, T>> | undefined => (value === null || value === undefined || Object.keys(value).length === 0 ? undefined : value);
export const on = (value: Maybe<boolean>): true | undefined => (value === true ? true : undefined);
/** 0 means "not given". */
export const count = (value: Maybe<number>): number | undefined => (value === null || value === 0 ? undefined : value);
export const some = <T>(value: Maybe<T>): T | undefined => value ?? undefined;
