/** Podman at each place, as an argument list: ours here, through sudo or setpriv as another user, through ssh elsewhere. */
import { existsSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import type { Connection } from "../config/connections.ts";
import { findProgram } from "../config/programs.ts";
import { parseSshUrl } from "../config/ssh-url.ts";
import type { Place } from "./scp-places.ts";

export interface Program { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string | undefined>>; readonly cwd?: string }

export interface ScpContext {
  /** Starts this program with the caller's global options. */
  readonly self: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connections: readonly Connection[];
  readonly user: string;
  readonly isRoot: boolean;
  readonly warn: (message: string) => void;
}

/** Runs podman with arguments at a place. @throws not-found for an unknown user, failed-precondition for a missing program */
export function programAt(context: ScpContext, place: Place): (args: readonly string[]) => Program {
  if (place.kind === "remote") return remoteProgram(context, place.connection);
  if (place.kind === "own" || place.user === context.user) return (args) => ({ argv: [...context.self, ...args], env: context.env });
  return context.isRoot ? asUser(context, place.user) : bySudo(context, place.user);
}

/** The program alone: another user's store is where that user's configuration says. */
function ownProgram({ self: [program = "", main = ""] }: ScpContext): readonly string[] { return main.endsWith(".ts") ? [program, main] : [program]; }

function bySudo(context: ScpContext, user: string): (args: readonly string[]) => Program {
  const sudo = need("sudo", "sudo", context);
  return (args) => ({ argv: [sudo, ...(user === "root" ? [] : ["-u", user]), ...ownProgram(context), ...args], env: context.env });
}

/** With a clean environment: what is root's must not lead a user's program to root's files. */
function asUser(context: ScpContext, user: string): (args: readonly string[]) => Program {
  const { name, uid, gid, home } = lookUp(user);
  const setpriv = need("setpriv", "util-linux", context);
  const runtime = `/run/user/${uid}`;
  const env = { PATH: context.env["PATH"], TERM: context.env["TERM"], HOME: home, USER: name, LOGNAME: name, ...(existsSync(runtime) ? { XDG_RUNTIME_DIR: runtime } : {}) };
  return (args) => ({ argv: [setpriv, `--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "--", ...ownProgram(context), ...args], env, cwd: "/" });
}

/** By name or number, from wherever the machine keeps its users. */
function lookUp(user: string): { readonly name: string; readonly uid: string; readonly gid: string; readonly home: string } {
  const { stdout } = Bun.spawnSync(["getent", "passwd", "--", user], { stdin: "ignore", stderr: "ignore" });
  const [name = "", , uid = "", gid = "", , home = ""] = stdout.toString().trim().split(":");
  if (!/^\d+$/.test(uid) || !/^\d+$/.test(gid)) throw new EngineError("not-found", `user: unknown user ${user}`);
  return { name, uid, gid, home };
}

function remoteProgram(context: ScpContext, name: string): (args: readonly string[]) => Program {
  const known = context.connections.find((connection) => connection.Name === name);
  if (known === undefined) context.warn("Unknown connection name given. Please use system connection add to specify the default remote socket location");
  const { URI, Identity } = known ?? { URI: `ssh://${name}`, Identity: "" };
  const { env } = context;
  if (!URI.startsWith("ssh://")) return (args) => ({ argv: [...ownProgram(context), "--url", URI, ...args], env });
  const { host, user = context.user, port } = parseSshUrl(URI);
  const ssh = need("ssh", "openssh-client", context);
  const target = [...(port === undefined ? [] : ["-p", port]), ...(Identity === "" ? [] : ["-i", Identity]), "--", `${user}@${host.replace(/^\[|\]$/g, "")}`];
  // ssh joins its arguments to one line for the shell there.
  return (args) => ({ argv: [ssh, "-T", ...target, ["podman", ...args].map(quoted).join(" ")], env });
}

function quoted(text: string): string { return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`; }

function need(program: string, packageName: string, { env }: ScpContext): string {
  const path = findProgram(program, env);
  if (path === undefined) throw new EngineError("failed-precondition", `image scp: the program ${program} is missing`, { reason: "program-missing", hint: `install ${packageName}` });
  return path;
}
