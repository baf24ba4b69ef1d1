/** AppArmor: which profile a container runs under, and the default one, which nobody but us loads into the kernel. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import { findProgram } from "../config/programs.ts";

/** Profiles of this name are ours to load, in whatever version. */
const defaultPrefix = "containers-default-";
const kernelList = "/sys/kernel/security/apparmor/profiles";
/** One line per profile; a desktop has 150. */
const maxListBytes = 1024 * 1024;

export interface ApparmorRequest {
  /** `--security-opt apparmor=`; undefined leaves it to the configuration. */
  readonly asked: string | undefined;
  readonly configured: string | undefined;
  readonly privileged: boolean;
  readonly rootless: boolean;
  /** The kernel enforces profiles. */
  readonly enabled: boolean;
}

/** Loads the default profile when it is not there yet. undefined: none. @throws invalid-argument for a profile that cannot be had */
export async function apparmorProfile({ asked, configured, privileged, rootless, enabled }: ApparmorRequest): Promise<string | undefined> {
  const isAsked = asked !== undefined && asked !== "";
  if (isAsked && asked === "unconfined") return enabled && !rootless ? asked : undefined;
  if (!enabled || rootless) {
    if (isAsked) throw new EngineError("invalid-argument", `apparmor profile "${asked}" specified, but Apparmor is not enabled on this system`);
    return undefined;
  }
  const profile = isAsked ? asked : privileged ? undefined : configured;
  if (profile === undefined || profile === "" || profile === "unconfined") return profile === "" ? undefined : profile;
  if (isLoaded(profile)) return profile;
  if (!profile.startsWith(defaultPrefix)) throw new EngineError("invalid-argument", `AppArmor profile "${profile}" specified but not loaded`);
  return await load(profile) ? profile : undefined;
}

function isLoaded(profile: string): boolean {
  let fd: number;
  // Without securityfs nobody can tell: loading it again does no harm.
  try { fd = openSync(kernelList, "r"); } catch { return false; }
  try {
    const buffer = Buffer.allocUnsafe(maxListBytes);
    let length = 0;
    for (let count = -1; count !== 0 && length < maxListBytes; length += count) count = readSync(fd, buffer, length, maxListBytes - length, null);
    return buffer.toString("utf8", 0, length).split("\n").some((line) => line.startsWith(`${profile} `));
  } finally { closeSync(fd); }
}

/** False where the machine has no parser: containers then run without a profile, as Podman's do. */
async function load(profile: string): Promise<boolean> {
  const parser = findProgram("apparmor_parser", { PATH: "/usr/sbin:/sbin:/usr/bin:/bin" });
  if (parser === undefined) return false;
  const child = Bun.spawn([parser, "-Kr"], { stdio: [Buffer.from(profileText(profile)), "ignore", "pipe"], maxBuffer: 64 * 1024 });
  const [said, status] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (status !== 0) throw new EngineError("failed-precondition", `install profile ${profile}: ${said.trim().split("\n").at(-1) ?? ""}`, { hint: "run without one: --security-opt apparmor=unconfined" });
  return true;
}

/**
 * What any container may: all that its capabilities, namespaces and seccomp rules leave it, but no mounts, no writing to the kernel's own
 * files in /proc and /sys (its cgroup apart), and no tracing or signalling of what is outside. Runtimes and monitors may signal it.
 */
export function profileText(name: string, has: (path: string) => boolean = existsSync): string {
  const inside = ["network,", "capability,", "file,", "umount,", "deny mount,"];
  const signals = [`signal (send,receive) peer=${name},`, "signal (receive) peer=unconfined,", ...["runc", "crun*", "podman"].map((program) => `signal (receive) peer={/usr/bin/,/usr/sbin/,}${program},`), `ptrace (trace,read) peer=${name},`];
  const proc = [
    "deny @{PROC}/* w,", "deny @{PROC}/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9]*}/** w,",
    "deny @{PROC}/sys/[^k]** w,", "deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,", "deny @{PROC}/sysrq-trigger rwklx,", "deny @{PROC}/kcore rwklx,",
  ];
  const sys = ["[^f]*/**", "f[^s]*/**", "fs/[^c]*/**", "fs/c[^g]*/**", "fs/cg[^r]*/**"].map((path) => `deny /sys/${path} wklx,`);
  const head = has("/etc/apparmor.d/tunables/global") ? "#include <tunables/global>" : "@{PROC}=/proc/";
  const base = has("/etc/apparmor.d/abstractions/base") ? ["#include <abstractions/base>"] : [];
  const rules = [...base, ...inside, ...signals, ...proc, ...sys, "deny /sys/firmware/** rwklx,", "deny /sys/kernel/security/** rwklx,"];
  return `${head}\nprofile ${name} flags=(attach_disconnected,mediate_deleted) {\n${rules.map((rule) => `  ${rule}`).join("\n")}\n}\n`;
}
