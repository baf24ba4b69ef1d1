/** Users and groups as the container's own /etc/passwd and /etc/group know them; rules and messages as Podman's. */
import { EngineError } from "../../base/errors.ts";
import { readInRoot } from "./rootfs.ts";

export interface PasswdEntry { readonly name: string; readonly uid: number; readonly gid: number; readonly home: string }
export interface GroupEntry { readonly name: string; readonly gid: number; readonly members: readonly string[] }
export interface UserDatabase { readonly users: readonly PasswdEntry[]; readonly groups: readonly GroupEntry[] }
export interface ResolvedUser { readonly uid: number; readonly gid: number; readonly home: string; readonly supplementary: readonly number[] }

/** The kernel's ids are 32 bits, those that users may name 31. */
const maxId = 2 ** 31 - 1;

/** Reads both files; absent ones are empty. `passwd` and `group` replace the text of a file that is mounted over. */
export function readUserDatabase(rootFd: number, overrides: { readonly passwd?: string; readonly group?: string } = {}): UserDatabase {
  return {
    users: parsePasswd(overrides.passwd ?? readInRoot(rootFd, "/etc/passwd") ?? ""),
    groups: parseGroup(overrides.group ?? readInRoot(rootFd, "/etc/group") ?? ""),
  };
}

const fieldsOf = (text: string): string[][] => text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split(":"));
const toId = (text: string | undefined): number => { const id = Number.parseInt(text ?? "", 10); return Number.isNaN(id) ? 0 : id; };

/** Lines that make no sense give what they have, as Podman reads them. */
export function parsePasswd(text: string): PasswdEntry[] {
  return fieldsOf(text).map(([name = "", , uid, gid, , home = ""]) => ({ name, uid: toId(uid), gid: toId(gid), home }));
}
export function parseGroup(text: string): GroupEntry[] {
  return fieldsOf(text).map(([name = "", , gid, members = ""]) => ({ name, gid: toId(gid), members: members.split(",").filter((member) => member !== "") }));
}

/** A number as Go's Atoi takes it. */
export function parseId(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * `user[:group]`, each a name or a number; numbers need not exist. Empty is root.
 * @throws EngineError invalid-argument: "unable to find user x: no matching entries in passwd file"
 */
export function resolveUser(spec: string, { users, groups }: UserDatabase): ResolvedUser {
  const colon = spec.indexOf(":");
  const [userText, groupText] = colon === -1 ? [spec, ""] : [spec.slice(0, colon), spec.slice(colon + 1)];
  const uid = userText === "" ? 0 : parseId(userText);
  const found = users.find((user) => uid === undefined ? user.name === userText : user.uid === uid);
  if (found === undefined && uid === undefined) throw missing("user", userText, "passwd");
  const base = found ?? { uid: inRange(uid ?? 0), gid: 0, home: "/", name: "" };
  const home = base.home === "" ? "/" : base.home;
  if (groupText !== "") return { uid: base.uid, gid: resolveGroup(groupText, groups), home, supplementary: [] };
  const supplementary = found === undefined ? [] : groups.filter((group) => group.members.includes(found.name)).map((group) => group.gid);
  return { uid: base.uid, gid: base.gid, home, supplementary };
}

/** @throws EngineError invalid-argument: "unable to find group x: no matching entries in group file" */
export function resolveGroup(text: string, groups: readonly GroupEntry[]): number {
  const gid = parseId(text);
  const found = groups.find((group) => gid === undefined ? group.name === text : group.gid === gid);
  if (found !== undefined) return found.gid;
  if (gid === undefined) throw missing("group", text, "group");
  return inRange(gid);
}

/** For --group-add: a name wins over a number here. */
export function resolveAdditionalGroups(names: readonly string[], groups: readonly GroupEntry[]): number[] {
  return names.map((name) => groups.find((group) => group.name === name)?.gid ?? resolveGroup(name, groups));
}

function missing(kind: "user" | "group", name: string, file: string): EngineError {
  return new EngineError("invalid-argument", `unable to find ${kind} ${name}: no matching entries in ${file} file`);
}
function inRange(id: number): number {
  if (id >= 0 && id <= maxId) return id;
  throw new EngineError("invalid-argument", `uids and gids must be in range 0-${maxId}`);
}
