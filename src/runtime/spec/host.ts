/** Facts of this machine and process, read once. */
import { existsSync, readFileSync } from "node:fs";
import { hostname, machine } from "node:os";
import { getRlimit, rlimits, statFilesystem } from "../../sys/index.ts";
import { filesystemMagic } from "../../sys/abi.ts";
import { capabilitiesOfMask } from "./capabilities.ts";
import type { HostFacts } from "./input.ts";

/** Reads what `known` does not say already. */
export function readHostFacts(known: Partial<HostFacts> = {}): HostFacts {
  const status = readFileSync("/proc/self/status", "utf8");
  const mask = (name: string): string => new RegExp(`^${name}:\\s*([0-9a-f]+)`, "m").exec(status)?.[1] ?? "0";
  const limits = Object.fromEntries(Object.entries(rlimits).map(([name, number]) => [name, Number(getRlimit(number).hard)]));
  return {
    cgroupVersion: statFilesystem("/sys/fs/cgroup").magic === filesystemMagic["cgroup2"] ? 2 : 1,
    hardLimits: limits,
    canRaiseLimits: capabilitiesOfMask(mask("CapEff")).includes("CAP_SYS_RESOURCE") && isInitialUserNamespace(),
    capabilities: capabilitiesOfMask(mask("CapBnd")),
    hasSelinux: existsSync("/sys/fs/selinux/enforce"),
    hasApparmor: readApparmor(),
    hostname: hostname(),
    machine: machine(),
    ...known,
  };
}

/** The kernel asks for the capability in the initial namespace, whatever root has in its own. Only the initial one maps all 2³²-1 ids. */
function isInitialUserNamespace(): boolean {
  try { return readFileSync("/proc/self/uid_map", "utf8").includes("4294967295"); } catch { return true; }
}

function readApparmor(): boolean {
  try { return readFileSync("/sys/module/apparmor/parameters/enabled", "utf8").startsWith("Y"); } catch { return false; }
}
