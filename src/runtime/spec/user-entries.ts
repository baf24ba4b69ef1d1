/**
 * Names for numbers: a container that runs as a numeric user or group without a name gets an entry in /etc/passwd and /etc/group.
 * Written into the container's own root, so that `useradd` (which renames a new file over the old) still works; a read-only
 * container gets a copy to be bound over it.
 */
import { existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno } from "../../base/errors.ts";
import { close, openFlags, openInRoot } from "../../sys/index.ts";
import { readInRoot } from "./rootfs.ts";
import { parseGroup, parseId, parsePasswd, resolveGroup } from "./users.ts";

export interface EntryRequest {
  readonly user: string;
  readonly workdir: string;
  readonly readonlyRoot: boolean;
  readonly staticDir: string;
  /** --passwd-entry and --group-entry: templates with $USERNAME, $UID, … */
  readonly passwdTemplate?: string;
  readonly groupTemplate?: string;
  /** --hostuser. */
  readonly hostUsers: readonly string[];
  /** The user who runs the engine gets an entry too (--userns=keep-id). */
  readonly currentUid?: number;
  /** Destinations of mounts: a home directory that is there stays the home. */
  readonly mounts?: readonly string[];
  readonly mountedPasswd: boolean;
  readonly mountedGroup: boolean;
}
export interface EntryFiles { readonly passwd?: string; readonly group?: string }

/** Idempotent: an entry that is there is not added again. Returns copies to bind, if any. */
export function addUserEntries(rootFd: number, request: EntryRequest): EntryFiles {
  if (request.user === "" && request.hostUsers.length === 0 && request.currentUid === undefined && request.groupTemplate === undefined) return {};
  const passwdText = readInRoot(rootFd, "/etc/passwd") ?? "";
  const groupText = readInRoot(rootFd, "/etc/group") ?? "";
  const passwd = request.mountedPasswd ? undefined : place(rootFd, request, "passwd", passwdText, passwdLines(request, passwdText, groupText));
  const group = request.mountedGroup ? undefined : place(rootFd, request, "group", groupText, groupLines(request, groupText));
  return { ...(passwd === undefined ? {} : { passwd }), ...(group === undefined ? {} : { group }) };
}

function place(rootFd: number, { readonlyRoot, staticDir }: EntryRequest, name: string, text: string, added: string): string | undefined {
  const copy = join(staticDir, name);
  if (readonlyRoot) {
    if (added !== "") writeFileSync(copy, text + added, { mode: 0o644 });
    return added !== "" || existsSync(copy) ? copy : undefined;
  }
  if (added === "") return undefined;
  let fd: number;
  try { fd = openInRoot(rootFd, `/etc/${name}`, openFlags.wronly | openFlags.append | openFlags.creat | openFlags.noctty | openFlags.nonblock, 0o644); } catch (error) {
    // A link that leads nowhere: numbers do without names.
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
  try { writeSync(fd, text === "" || text.endsWith("\n") ? added : `\n${added}`); } finally { close(fd); }
  return undefined;
}

function passwdLines(request: EntryRequest, passwdText: string, groupText: string): string {
  const known = parsePasswd(passwdText);
  const names = [...request.hostUsers, ...(request.currentUid === undefined ? [] : [String(request.currentUid)])];
  const hosts = names.map((name) => hostUserLine(name, request, known)).join("");
  const [userText = "", groupSpec = ""] = splitUser(request.user);
  const uid = parseId(userText);
  if (uid === undefined || [...known, ...parsePasswd(hosts)].some((user) => user.uid === uid)) return hosts;
  const gid = groupSpec === "" ? 0 : parseId(groupSpec) ?? resolveGroup(groupSpec, parseGroup(groupText));
  if (request.passwdTemplate !== undefined) {
    return `${hosts}${fill(request.passwdTemplate, { USERNAME: String(uid), UID: String(uid), GID: String(gid), NAME: "container user", HOME: request.workdir })}\n`;
  }
  const host = readHostUsers().find((user) => user.uid === uid);
  return `${hosts}${host?.name ?? uid}:*:${uid}:${gid}:${host?.comment ?? "container user"}:${request.workdir}:/bin/sh\n`;
}

function hostUserLine(name: string, request: EntryRequest, known: readonly { readonly name: string; readonly uid: number }[]): string {
  const user = readHostUsers().find((entry) => entry.name === name || String(entry.uid) === name);
  if (user === undefined && request.hostUsers.includes(name)) throw new EngineError("invalid-argument", /^\d+$/.test(name) ? `user: unknown userid ${name}` : `user: unknown user ${name}`);
  if (user === undefined || known.some((entry) => entry.name === user.name || entry.uid === user.uid)) return "";
  const values = { USERNAME: user.name, UID: String(user.uid), GID: String(user.gid), NAME: user.comment, HOME: homeOf(user, request) };
  if (request.passwdTemplate !== undefined) return `${fill(request.passwdTemplate, values)}\n`;
  return `${user.name}:*:${user.uid}:${user.gid}:${user.comment}:${values.HOME}:/bin/sh\n`;
}

/** Its home outside when it, or a directory above, is mounted. */
function homeOf({ home }: HostUser, { mounts = [], workdir }: EntryRequest): string {
  return mounts.some((destination) => destination !== "/" && (home === destination || home.startsWith(`${destination}/`))) ? home : workdir;
}

function groupLines(request: EntryRequest, groupText: string): string {
  const known = parseGroup(groupText);
  const user = readHostUsers().find(({ uid }) => uid === request.currentUid);
  const group = user === undefined ? undefined : readHostGroups().find(({ gid }) => gid === user.gid);
  const isNew = group !== undefined && !known.some(({ name, gid }) => name === group.name || gid === group.gid);
  const current = isNew ? `${group.name}:x:${group.gid}:${user?.name ?? ""}\n` : "";
  return current + groupLine(request, groupText + current);
}

function groupLine({ user, groupTemplate }: EntryRequest, groupText: string): string {
  const [userText = "", groupSpec = "0"] = splitUser(user);
  const gid = parseId(groupSpec === "" ? "0" : groupSpec);
  if (gid === undefined || parseGroup(groupText).some((group) => group.gid === gid)) return "";
  if (groupTemplate !== undefined) return `${fill(groupTemplate, { GROUPNAME: "", GID: String(gid), USERLIST: "" })}\n`;
  return `${gid}:x:${gid}:${userText}\n`;
}

const splitUser = (user: string): string[] => { const colon = user.indexOf(":"); return colon === -1 ? [user] : [user.slice(0, colon), user.slice(colon + 1)]; };
const fill = (template: string, values: Readonly<Record<string, string>>): string => Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`$${key}`, value), template);

interface HostUser { readonly name: string; readonly uid: number; readonly gid: number; readonly comment: string; readonly home: string }
function readHostUsers(): HostUser[] {
  try {
    return readFileSync("/etc/passwd", "utf8").split("\n").map((line) => line.split(":")).flatMap(([name = "", , uid, gid, comment = "", home = "/"]) =>
      uid === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid), comment, home }]);
  } catch { return []; }
}
function readHostGroups(): ReturnType<typeof parseGroup> {
  try { return parseGroup(readFileSync("/etc/group", "utf8")); } catch { return []; }
}
