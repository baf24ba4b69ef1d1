/** Subordinate ids of a user: subuid(5), subgid(5). */
import { readFileSync } from "node:fs";
import { EngineError, isErrno } from "../../base/errors.ts";

export interface IdRange { readonly start: number; readonly count: number }

/** Site files list many users, but not more than this. */
const maxFileSizeBytes = 16 * 1024 * 1024;
const maxId = 0xffff_fffe;

/** The user's ranges in file order; lines name the user by login name or number. Lines that are not `name:start:count` are passed over. */
export function parseSubids(text: string, name: string, uid: number): IdRange[] {
  return text.split("\n").flatMap((line) => {
    const [owner, start = "", count = "", ...rest] = line.trim().split(":");
    if (rest.length > 0 || (owner !== name && owner !== String(uid))) return [];
    const range = { start: Number(start), count: Number(count) };
    return /^\d+$/.test(start) && /^\d+$/.test(count) && range.count > 0 && range.start + range.count - 1 <= maxId ? [range] : [];
  });
}

export function readSubids(file: string, name: string, uid: number): IdRange[] {
  try { return parseSubids(readFileSync(file, "utf8").slice(0, maxFileSizeBytes), name, uid); } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

/** Arguments of newuidmap or newgidmap: our own id becomes 0, the ranges follow from 1. @throws invalid-argument when a range holds our own id */
export function mappingArguments(pid: number, own: number, ranges: readonly IdRange[], file: string): string[] {
  let inside = 1;
  const triplets = ranges.map(({ start, count }) => {
    if (own >= start && own < start + count) {
      throw new EngineError("failed-precondition", `invalid configuration: the specified mapping ${start}:${count} in "${file}" includes the user ${file.endsWith("gid") ? "GID" : "UID"}`);
    }
    const triplet = [inside, start, count];
    inside += count;
    return triplet;
  });
  return [pid, 0, own, 1, ...triplets.flat()].map(String);
}
