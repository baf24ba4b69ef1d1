/** /etc/subuid and /etc/subgid: ranges of ids that a user may map into user namespaces (subuid(5)). */
import { readTextFile } from "./file.ts";

export interface IdRange { readonly start: number; readonly size: number }

/** Ranges of the user, by name or number, in the file's order. Lines that do not parse are skipped, as newuidmap does. */
export function readSubordinateIds(file: string, userName: string, uid: number): IdRange[] {
  const lines = (readTextFile(file) ?? "").split("\n");
  return lines.flatMap((line) => {
    const [owner, start, size] = line.trim().split(":");
    if ((owner !== userName && owner !== String(uid)) || !/^\d+$/.test(start ?? "") || !/^\d+$/.test(size ?? "")) return [];
    return [{ start: Number(start), size: Number(size) }];
  });
}

/** The current user's ranges of both kinds; empty where the user has none. */
export function subordinateRanges(userName: string, uid: number, etc = "/etc"): { readonly uids: IdRange[]; readonly gids: IdRange[] } {
  return { uids: readSubordinateIds(`${etc}/subuid`, userName, uid), gids: readSubordinateIds(`${etc}/subgid`, userName, uid) };
}
